//! The little XML that S3 speaks: written with every text escaped, and read where a client sends it.

/// A document being written.
pub struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// Begins a document.
    pub fn document(root: &'static str) -> Self {
        Self::begin(root, " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"")
    }

    /// Begins a document without a name space: an error, which botocore cannot read otherwise.
    pub fn plain(root: &'static str) -> Self {
        Self::begin(root, "")
    }

    fn begin(root: &'static str, attributes: &str) -> Self {
        let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root}{attributes}>");
        Self { text, open: vec![root] }
    }

    /// An element with a text.
    pub fn text(mut self, name: &'static str, value: &str) -> Self {
        self.text += &format!("<{name}>{}</{name}>", escape(value));
        self
    }

    /// An element with a text, if there is one.
    pub fn maybe(self, name: &'static str, value: &str) -> Self {
        if value.is_empty() { self } else { self.text(name, value) }
    }

    /// Opens an element that contains others.
    pub fn open(mut self, name: &'static str) -> Self {
        self.text += &format!("<{name}>");
        self.open.push(name);
        self
    }

    /// Closes the innermost element.
    pub fn close(mut self) -> Self {
        if let Some(name) = self.open.pop() {
            self.text += &format!("</{name}>");
        }
        self
    }

    /// The document, with everything closed.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self = self.close();
        }
        self.text
    }
}

/// Text as it may stand in XML. Control characters, which XML cannot carry, become references that
/// lenient readers understand, as S3 does it.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push_str(&format!("&#x{:x};", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// The number and ETag of each part in a `CompleteMultipartUpload` document; nothing if it is none.
pub fn parts(document: &str) -> Option<Vec<(u32, String)>> {
    let blocks = document.split("<Part>").skip(1);
    blocks
        .map(|block| {
            let block = block.split("</Part>").next()?;
            let number = element(block, "PartNumber")?.trim().parse().ok()?;
            let etag = element(block, "ETag")?.replace("&quot;", "\"").replace("&#34;", "\"");
            Some((number, etag.trim().trim_matches('"').to_owned()))
        })
        .collect()
}

/// The text of the first element of this name.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_escaped_and_every_element_closed() {
        let xml = Xml::document("A").open("B").text("Key", "a<b>&\"\u{1}").finish();
        assert!(xml.ends_with("<B><Key>a&lt;b&gt;&amp;&quot;&#x1;</Key></B></A>"), "{xml}");
    }

    #[test]
    fn parts_are_read_in_either_order_of_elements() {
        let document = "<X><Part><ETag>&quot;ab&quot;</ETag><PartNumber>2</PartNumber></Part>\
                        <Part><PartNumber>3</PartNumber><ETag>\"cd\"</ETag></Part></X>";
        assert_eq!(parts(document), Some(vec![(2, "ab".to_owned()), (3, "cd".to_owned())]));
        assert_eq!(parts("<Part><PartNumber>x</PartNumber></Part>"), None);
        assert_eq!(parts(""), Some(Vec::new()));
    }
}
