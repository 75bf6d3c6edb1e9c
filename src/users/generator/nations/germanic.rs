//! Germany and the Netherlands.

use super::{Id, Nation, Postcode, Titles};

/// Germany: an id that holds the date of birth.
pub const DE: Nation = Nation {
    code: "DE",
    country: "Germany",
    titles: Titles::English,
    male: "Achim, Albert, Anton, Arne, Axel, Benno, Bernd, Björn, Bruno, Carsten, Christoph, Dennis, \
        Detlef, Dirk, Eckhard, Elias, Emil, Felix, Ferdinand, Florian, Frank, Friedrich, Gerd, Götz, \
        Günther, Hannes, Harald, Heiko, Heinz, Helmut, Henrik, Holger, Ingo, Jakob, Jan, Jens, Jörg, \
        Jürgen, Kai, Karl-Heinz, Klaus, Konrad, Lennart, Lothar, Lutz, Manfred, Matthias, Moritz, Nico, \
        Norbert, Olaf, Otto, Rainer, Ralf, Rolf, Rüdiger, Sönke, Sören, Stefan, Sven, Theodor, Till, \
        Torsten, Ulrich, Uwe, Volker, Wilhelm, Wolfgang",
    female: "Adelheid, Agnes, Anette, Angelika, Anneliese, Antje, Astrid, Barbara, Bärbel, Beate, Birgit, \
        Brigitte, Brunhilde, Carola, Christa, Cornelia, Dagmar, Doris, Dörte, Edeltraud, Elfriede, Emilia, \
        Erika, Eva, Franziska, Frieda, Gabriele, Gerda, Gisela, Greta, Gudrun, Hannelore, Hedwig, Heike, \
        Helga, Hildegard, Ida, Ilona, Ingrid, Irmgard, Jette, Johanna, Jutta, Käthe, Kerstin, Kirsten, \
        Lieselotte, Luise, Magdalena, Margarete, Marlene, Mathilda, Monika, Nele, Paula, Petra, Renate, \
        Rosemarie, Sabine, Sieglinde, Sigrid, Silke, Swantje, Tanja, Ulrike, Ursula, Ute, Waltraud",
    last: "Albrecht, Arnold, Bauer, Baumann, Beck, Becker, Bergmann, Böhm, Brandt, Braun, Busch, Dietrich, \
        Engel, Ernst, Fischer, Frank, Friedrich, Fuchs, Gärtner, Götz, Graf, Groß, Günther, Haas, Hahn, \
        Hartmann, Heinrich, Herrmann, Hofmann, Horn, Huber, Jäger, Jung, Kaiser, Keller, Klein, Köhler, \
        König, Kraus, Krüger, Kühn, Lang, Lehmann, Ludwig, Maier, Möller, Müller, Neumann, Otto, Peters, \
        Pohl, Richter, Roth, Sauer, Schäfer, Schmidt, Schröder, Schulz, Schütz, Seidel, Sommer, Stein, \
        Thomas, Vogel, von Arnim, Wagner, Weiß, Werner, Winkler, Wolf, Ziegler, Zimmermann",
    cities: "Aachen, Augsburg, Bad Tölz, Bamberg, Bautzen, Berlin, Bielefeld, Bochum, Bonn, Braunschweig, \
        Bremen, Chemnitz, Cottbus, Cuxhaven, Darmstadt, Dortmund, Dresden, Düsseldorf, Eisenach, Emden, \
        Erfurt, Essen, Flensburg, Frankfurt am Main, Freiburg im Breisgau, Fürth, Garmisch-Partenkirchen, \
        Göttingen, Greifswald, Halle (Saale), Hamburg, Hannover, Heidelberg, Jena, Karlsruhe, Kassel, \
        Kiel, Koblenz, Köln, Konstanz, Leipzig, Lübeck, Magdeburg, Mainz, Mannheim, München, Münster, \
        Nürnberg, Oldenburg, Osnabrück, Passau, Potsdam, Quedlinburg, Regensburg, Rostock, Saarbrücken, \
        Schwerin, Stralsund, Stuttgart, Trier, Tübingen, Ulm, Weimar, Wittenberg, Wuppertal, Würzburg, \
        Zwickau",
    states: "Baden-Württemberg, Bayern, Berlin, Brandenburg, Bremen, Hamburg, Hessen, \
        Mecklenburg-Vorpommern, Niedersachsen, Nordrhein-Westfalen, Rheinland-Pfalz, Saarland, Sachsen, \
        Sachsen-Anhalt, Schleswig-Holstein, Thüringen",
    streets: "Ahornweg, Am Bahnhof, Am Mühlbach, Bahnhofstraße, Beethovenstraße, Birkenallee, Dorfstraße, \
        Eichenweg, Feldstraße, Friedhofstraße, Gartenstraße, Goethestraße, Hafenstraße, Hauptstraße, Im \
        Wiesengrund, Industriestraße, Jahnstraße, Kastanienallee, Kirchgasse, Königstraße, Lange Straße, \
        Lindenallee, Marktplatz, Mozartstraße, Neue Straße, Ringstraße, Römerstraße, Schillerstraße, \
        Schloßstraße, Schulstraße, Sonnenhang, Waldweg, Wiesenstraße, Zum Sportplatz",
    postcode: Postcode::Number(10000, 99999),
    phone: "0###-#######",
    cell: "017#-#######",
    id: Id::Made("SVNR", "## dmy ^ ###"),
};

/// The Netherlands: postcodes with letters, and long family names.
pub const NL: Nation = Nation {
    code: "NL",
    country: "Netherlands",
    titles: Titles::English,
    male: "Abel, Adriaan, Ahmet, Anton, Arjan, Bart, Bas, Bastiaan, Boris, Bram, Casper, Cornelis, Daan, \
        Diederik, Dirk, Emiel, Finn, Floris, Frits, Geert-Jan, Gerrit, Gijs, Guus, Hein, Hendrik, Huub, \
        Ilias, Jaap, Jan-Willem, Jasper, Jelle, Jeroen, Joost, Joris, Jurriën, Kees, Klaas, Koen, Lars, \
        Luuk, Maarten, Mees, Mohammed, Niek, Noud, Olivier, Pepijn, Piet, Quinten, Rens, Rob, Ruben, \
        Sander, Siebe, Stijn, Teun, Thijs, Tycho, Wessel, Wouter, Yannick",
    female: "Aaltje, Anouk, Anne-Fleur, Annelies, Aukje, Ayşe, Bente, Carlijn, Catharina, Daniëlle, \
        Doortje, Eefje, Elif, Esmée, Eva, Evelien, Famke, Fatima, Femke, Fenna, Floor, Froukje, Gerda, \
        Griet, Hanneke, Hiske, Ilse, Isabella, Janneke, Jasmijn, Jet, Jolanda, Judith, Karlijn, Katelijn, \
        Laura, Lieke, Liesbeth, Lotte, Maaike, Maartje, Marijke, Mirthe, Neeltje, Noëlle, Nynke, Paulien, \
        Renske, Roos, Saar, Sanne, Sofie, Tess, Trijntje, Wendy, Wilhelmina, Yfke, Zoë",
    last: "Aarts, Akkerman, Bakker, Bosman, Brouwer, Claassen, de Boer, de Bruijn, de Graaf, de Groot, de \
        Haan, de Jong, de Vries, Dekker, Dijkstra, Driessen, Evers, Geerts, Gerritsen, Hendriks, Hoekstra, \
        Huisman, in 't Veld, Jacobs, Jansen, Janssen, Kaya, Koster, Kuipers, Maas, Meijer, Molenaar, \
        Mulder, Peeters, Postma, Prins, Schouten, Smeets, Smits, ten Brink, ter Horst, Timmermans, van \
        Beek, van de Ven, van den Berg, van den Heuvel, van der Linden, van der Meer, van der Veen, van \
        Dijk, van Dongen, van Leeuwen, van Loon, van Vliet, Verbeek, Verhoeven, Vermeulen, Visser, Vos, \
        Willems, Yilmaz, Zijlstra",
    cities: "'s-Hertogenbosch, Alkmaar, Almere, Amersfoort, Amsterdam, Apeldoorn, Arnhem, Assen, Bergen op \
        Zoom, Breda, Den Haag, Den Helder, Deventer, Doetinchem, Dordrecht, Drachten, Ede, Eindhoven, \
        Emmen, Enkhuizen, Enschede, Goes, Gouda, Groningen, Haarlem, Harlingen, Heerlen, Hilversum, Hoorn, \
        Kampen, Leeuwarden, Leiden, Lelystad, Maastricht, Meppel, Middelburg, Nijmegen, Oss, Roermond, \
        Rotterdam, Sneek, Terneuzen, Tiel, Tilburg, Utrecht, Venlo, Vlissingen, Wageningen, Winterswijk, \
        Zaandam, Zierikzee, Zutphen, Zwolle",
    states: "Drenthe, Flevoland, Friesland, Gelderland, Groningen, Limburg, Noord-Brabant, Noord-Holland, \
        Overijssel, Utrecht, Zeeland, Zuid-Holland",
    streets: "Achterweg, Beatrixlaan, Beukenlaan, Brink, Burgemeester de Vlugtlaan, Dorpsstraat, \
        Eikenlaan, Esdoornstraat, Fazantenhof, Gasthuisstraat, Havenkade, Heerengracht, Hoofdstraat, \
        Industrieweg, Julianastraat, Kastanjelaan, Kerkplein, Koningin Emmakade, Korenbloemstraat, \
        Lindelaan, Marktstraat, Meester Lallemanstraat, Molenweg, Nieuwstraat, Oranjesingel, Parallelweg, \
        Prinsengracht, Raadhuisplein, Schoolstraat, Sint Jansweg, Stationsweg, Tolhuislaan, Veerdijk, \
        Vijverhof, Wilgenroosje, Zandpad, Zuiderzeeweg",
    postcode: Postcode::Text("+### ^^"),
    phone: "(0##) #######",
    cell: "(06) ########",
    id: Id::Made("BSN", "########"),
};
