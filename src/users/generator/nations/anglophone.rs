//! Australia, Canada, Ireland, New Zealand, the United Kingdom and the United States.

use super::{Id, Nation, Postcode, Titles};

const MALE: &str = "Adam, Albert, Andrew, Arthur, Benjamin, Blake, Bradley, Caleb, Callum, Charlie, \
    Connor, Daniel, Declan, Dylan, Edward, Elliot, Ethan, Felix, Finn, Frank, George, Gordon, Harrison, \
    Harvey, Henry, Isaac, Jacob, Jasper, Joseph, Joshua, Julian, Kevin, Lewis, Logan, Luke, Martin, \
    Matthew, Max, Nathan, Noah, Oliver, Oscar, Patrick, Philip, Reuben, Riley, Rory, Samuel, Sean, \
    Sebastian, Stephen, Theodore, Thomas, Tyler";

const FEMALE: &str = "Abigail, Alice, Amelia, Amber, Anna, Audrey, Bethany, Brooke, Caroline, Charlotte, \
    Chloe, Clara, Daisy, Eleanor, Elizabeth, Emily, Erin, Evelyn, Faith, Florence, Freya, Georgia, Grace, \
    Hannah, Harriet, Hazel, Imogen, Ivy, Jasmine, Jennifer, Josephine, Julia, Katherine, Lauren, Leah, \
    Lily, Lucy, Lydia, Maisie, Margaret, Matilda, Megan, Molly, Naomi, Nora, Olivia, Paige, Phoebe, \
    Rachel, Rebecca, Rose, Ruby, Sadie, Scarlett, Sienna, Sophie, Stella, Tessa, Violet, Zara";

/// Australia.
pub const AU: Nation = Nation {
    code: "AU",
    country: "Australia",
    titles: Titles::English,
    male: MALE,
    female: FEMALE,
    last: "Adams, Alexander, Armstrong, Austin, Bailey, Barrett, Beaumont, Bishop, Boyd, Bradley, Burns, \
        Carr, Chapman, Coleman, Crawford, Curtis, Dixon, Douglas, Fletcher, Freeman, Gardner, Gibson, \
        Graham, Hamilton, Harper, Hart, Hawkins, Hudson, Hunt, Jordan, Kelly, Lawson, Lynch, Marshall, \
        Mason, Mills, Murray, Nguyen, Newman, Palmer, Payne, Porter, Quinn, Reynolds, Saunders, Shaw, \
        Simmons, Spencer, Stone, Turner, Wallace, Webb",
    cities: "Adelaide, Albany, Alice Springs, Ballarat, Bendigo, Brisbane, Broome, Bundaberg, Cairns, \
        Canberra, Coffs Harbour, Darwin, Dubbo, Fremantle, Gladstone, Gold Coast, Hobart, Kalgoorlie, \
        Launceston, Mackay, Melbourne, Newcastle, Orange, Perth, Port Macquarie, Rockhampton, Sydney, \
        Tamworth, Toowoomba, Townsville, Warrnambool, Wollongong",
    states: "Australian Capital Territory, New South Wales, Northern Territory, Queensland, South \
        Australia, Tasmania, Victoria, Western Australia",
    streets: "Acacia Ave, Banksia Cres, Beach Rd, Bluegum Dr, Botany Rd, Bridge St, Cassowary Ct, Coral \
        Parade, Eucalyptus Dr, Ferntree Gully Rd, George St, Harbour Esplanade, High St, Jacaranda Pl, \
        Kangaroo Valley Rd, King William St, Lachlan Way, Murray St, Northbourne Ave, Old Mill Ln, Pacific \
        Hwy, Queens Parade, Station St, The Strand, Wattle Grove",
    postcode: Postcode::Number(200, 9999),
    phone: "0#-####-####",
    cell: "04##-###-###",
    id: Id::Made("TFN", "#########"),
};

/// Canada: postcodes and telephone numbers with letters.
pub const CA: Nation = Nation {
    code: "CA",
    country: "Canada",
    titles: Titles::English,
    male: "Alexandre, Antoine, Benjamin, Carter, Charles, Cole, David, Dominic, Dylan, Edouard, Eli, \
        Elliot, Emile, Ethan, Felix, Gabriel, Gavin, Hudson, Hugo, Isaac, Jack, Jacob, Jérémy, Kai, \
        Landon, Leo, Liam, Lincoln, Logan, Louis, Lucas, Malik, Mason, Mathis, Nathan, Noah, Olivier, \
        Owen, Raphaël, Ryan, Samuel, Simon, Theo, Thomas, Tristan, Wyatt, Xavier, Zachary",
    female: "Abigail, Adèle, Alice, Amelia, Anaïs, Ava, Béatrice, Brooklyn, Camille, Charlie, Charlotte, \
        Chloé, Clara, Delphine, Élodie, Emma, Emy, Ève, Florence, Hannah, Hazel, Jade, Jeanne, Juliette, \
        Kayla, Laurence, Léa, Lily, Livia, Maya, Madison, Maëlle, Mia, Naomi, Nora, Océane, Olivia, \
        Peyton, Romy, Rosalie, Sarah, Simone, Sofia, Stella, Victoria, Zoé",
    last: "Arsenault, Beaulieu, Bélanger, Bergeron, Bouchard, Boucher, Brar, Campbell, Caron, Chan, \
        Cloutier, Côté, Desjardins, Dhillon, Dubé, Fortin, Fraser, Gagnon, Gauthier, Gill, Girard, Grewal, \
        Hébert, Johnson, Lapointe, Lavoie, Leblanc, Lefebvre, Lévesque, MacDonald, Macleod, Martin, McKay, \
        Morin, Nadeau, Ouellet, Patel, Pelletier, Poirier, Reid, Roberts, Ross, Roy, Sandhu, Sidhu, Singh, \
        Smith, St-Pierre, Stewart, Thériault, Tremblay, Wilson, Wong",
    cities: "Abbotsford, Banff, Barrie, Brandon, Calgary, Charlottetown, Chicoutimi, Corner Brook, Dawson, \
        Edmonton, Fredericton, Gander, Gatineau, Guelph, Halifax, Iqaluit, Kelowna, Kingston, Lethbridge, \
        London, Moncton, Montréal, Moose Jaw, Nanaimo, Ottawa, Québec, Red Deer, Regina, Saskatoon, \
        Sept-Îles, Sherbrooke, St. John's, Sudbury, Thunder Bay, Toronto, Trois-Rivières, Vancouver, \
        Whitehorse, Windsor, Winnipeg, Yellowknife",
    states: "Alberta, British Columbia, Manitoba, New Brunswick, Newfoundland and Labrador, Northwest \
        Territories, Nova Scotia, Nunavut, Ontario, Prince Edward Island, Québec, Saskatchewan, Yukon",
    streets: "1st Ave, 3rd St, 14th Ave, Algonquin Rd, Bank St, Bay St, Cedar Ln, Concession Road 6, \
        Dundas St, Elgin St, Fairview Rd, Granville St, Jasper Ave, King St, Lakeshore Blvd, Maple Ave, \
        Mill Rd, Pine Dr, Portage Ave, Queen St, Richmond St, Rue Saint-Jean, Rue Sherbrooke, Spruce Cres, \
        Victoria Park Ave, Wellington St, Yonge St",
    postcode: Postcode::Text("^#^ #^#"),
    phone: "^## ^##-####",
    cell: "^## ^##-####",
    id: Id::Made("SIN", "#########"),
};

/// The United Kingdom: postcodes of five forms.
pub const GB: Nation = Nation {
    code: "GB",
    country: "United Kingdom",
    titles: Titles::English,
    male: MALE,
    female: FEMALE,
    last: "Atkinson, Barker, Barnes, Bennett, Booth, Brooks, Butler, Campbell, Carter, Clarke, Cole, \
        Cooper, Davies, Dawson, Edwards, Ellis, Evans, Foster, Fox, Green, Griffiths, Hall, Harrison, \
        Hill, Holmes, Howard, Hughes, Jackson, James, Jenkins, Khan, Knight, Lloyd, Matthews, Morgan, \
        Morris, Owen, Parker, Patel, Phillips, Powell, Price, Richardson, Robertson, Rogers, Simpson, \
        Stevens, Thompson, Walker, Ward, Watson, Wilkinson, Wood, Wright, Young",
    cities: "Aberdeen, Bangor, Bath, Belfast, Birmingham, Bradford, Brighton and Hove, Bristol, Cambridge, \
        Cardiff, Carlisle, Chester, Coventry, Derby, Dundee, Durham, Edinburgh, Ely, Exeter, Glasgow, \
        Gloucester, Hereford, Inverness, Lancaster, Leeds, Leicester, Lincoln, Liverpool, Manchester, \
        Newcastle upon Tyne, Newport, Norwich, Nottingham, Oxford, Perth, Plymouth, Portsmouth, Sheffield, \
        Southampton, St Davids, Stirling, Swansea, Wells, Worcester, York",
    states: "Avon, Bedfordshire, Berkshire, Borders, Cambridgeshire, Clwyd, Cornwall, County Antrim, \
        County Down, Cumbria, Derbyshire, Devon, Dorset, Dyfed, Essex, Fife, Grampian, Gwent, Hampshire, \
        Herefordshire, Highlands and Islands, Kent, Lancashire, Lothian, Merseyside, Norfolk, \
        Northumberland, Powys, Shropshire, Somerset, Suffolk, Surrey, Tayside, Warwickshire, West \
        Midlands, Wiltshire",
    streets: "Albert Road, Alexandra Terrace, Bridge Street, Broadway, Castle Street, Chapel Lane, Church \
        Hill, Cross Street, Green Lane, Grange Road, Grove Road, High Street, Highfield Avenue, Kings \
        Road, London Road, Manor Road, Market Square, Mill Lane, New Street, North Street, Park Avenue, \
        Queensway, Richmond Road, School Lane, Springfield Close, Station Road, The Avenue, The Crescent, \
        Victoria Street, Windsor Road, York Road",
    postcode: Postcode::Text("^# #^^|^## #^^|^^# #^^|^^## #^^|^#^ #^^"),
    phone: "01### ######|016977 ####|02# #### ####",
    cell: "07### ######",
    id: Id::Made("NINO", "^^ ## ## ## ^"),
};

/// Ireland.
pub const IE: Nation = Nation {
    code: "IE",
    country: "Ireland",
    titles: Titles::English,
    male: "Aidan, Barry, Brendan, Brian, Cathal, Cian, Ciarán, Colm, Conor, Cormac, Daithí, Darragh, \
        Declan, Dermot, Donal, Eamon, Enda, Eoin, Fergal, Fiachra, Finbarr, Fionn, Gearóid, Hugh, Iarla, \
        Jack, James, Kevin, Kieran, Lorcan, Mícheál, Niall, Oisín, Pádraig, Patrick, Rían, Ronan, Rory, \
        Ruairí, Seamus, Seán, Tadhg, Tomás, Turlough, Ultan, Vincent",
    female: "Aibhlinn, Aine, Aisling, Aoibhe, Aoife, Bláthnaid, Bríd, Brónagh, Caoimhe, Ciara, Clodagh, \
        Deirdre, Dervla, Eilís, Éabha, Emer, Fiadh, Fionnuala, Gráinne, Grace, Ita, Kathleen, Laoise, \
        Lucy, Mairéad, Maeve, Moya, Muireann, Niamh, Nora, Nuala, Órla, Róisín, Sadhbh, Saoirse, Sinéad, \
        Síle, Siobhán, Sorcha, Tara, Teresa, Una",
    last: "Brennan, Burke, Byrne, Carroll, Clarke, Collins, Connolly, Cullen, Daly, Doherty, Doyle, Duffy, \
        Dunne, Farrell, Fitzgerald, Flynn, Foley, Gallagher, Healy, Hogan, Hughes, Kavanagh, Keane, Kelly, \
        Kennedy, Kenny, Lynch, Maguire, McCarthy, McDonnell, McGrath, Moore, Moran, Mulligan, Murphy, \
        Murray, Nolan, O'Brien, O'Connor, O'Donnell, O'Neill, O'Reilly, O'Shea, Power, Quinn, Regan, Ryan, \
        Sheehan, Smyth, Sweeney, Walsh, Whelan",
    cities: "Ardee, Athlone, Ballina, Bantry, Bray, Carlow, Castlebar, Cavan, Clonmel, Cobh, Cork, Dingle, \
        Donegal, Drogheda, Dublin, Dundalk, Ennis, Galway, Kildare, Kilkenny, Killarney, Kinsale, \
        Letterkenny, Limerick, Longford, Mallow, Mullingar, Naas, Navan, Nenagh, New Ross, Portlaoise, \
        Roscommon, Skibbereen, Sligo, Swords, Tralee, Tullamore, Waterford, Wexford",
    states: "Carlow, Cavan, Clare, Cork, Donegal, Galway City, Kerry, Kildare, Kilkenny, Laois, Leitrim, \
        Longford, Louth, Mayo, Meath, Monaghan, Offaly, Roscommon, Sligo, Tipperary, Waterford, Westmeath, \
        Wexford, Wicklow",
    streets: "Abbey Street, Baggot Street, Barrack Lane, Bridge Street, Castle Avenue, Chapel Hill, Church \
        Road, Connolly Street, Dame Street, Grafton Street, Harbour Road, Henry Street, Killarney Road, \
        Main Street, Mill Road, North Street, O'Connell Street, Parnell Square, Patrick Street, Pearse \
        Street, Quay Street, Shannon Banks, Strand Road, The Mall, Tower View, Westmoreland Row, Woodlands",
    postcode: Postcode::Number(10000, 99999),
    phone: "0#1-###-####",
    cell: "081-###-####",
    id: Id::Made("PPS", "#######T"),
};

/// New Zealand: no id.
pub const NZ: Nation = Nation {
    code: "NZ",
    country: "New Zealand",
    titles: Titles::English,
    male: MALE,
    female: FEMALE,
    last: "Anderson, Baker, Barnett, Brown, Chen, Clark, Cooper, Cunningham, Edwards, Fraser, Green, Hall, \
        Harris, Henare, Hohepa, Jackson, Kaur, Kereama, King, Kumar, Lee, Li, Martin, McKenzie, Mitchell, \
        Moana, Moore, Morgan, Ngata, Parata, Paki, Patel, Reid, Robinson, Scott, Sharma, Singh, Smith, \
        Stewart, Tamihere, Taylor, Te Rangi, Thomas, Turei, Tūhoe, Walker, Wang, Watene, Williams, Wilson, \
        Young, Zhang",
    cities: "Ashburton, Auckland, Blenheim, Cambridge, Christchurch, Dunedin, Gisborne, Greymouth, \
        Hamilton, Hastings, Hokitika, Invercargill, Kaikōura, Lower Hutt, Masterton, Napier, Nelson, New \
        Plymouth, Oamaru, Palmerston North, Porirua, Queenstown, Rotorua, Taupō, Tauranga, Timaru, Upper \
        Hutt, Wānaka, Wellington, Whakatāne, Whanganui, Whangārei",
    states: "Auckland, Bay of Plenty, Canterbury, Gisborne, Hawke's Bay, Manawatū-Whanganui, Marlborough, \
        Nelson, Northland, Otago, Southland, Taranaki, Tasman, Waikato, Wellington, West Coast",
    streets: "Beach Road, Bealey Avenue, Cashel Street, Courtenay Place, Cuba Street, Devon Street, \
        Fergusson Drive, Great South Road, Hobson Street, Karangahape Road, Kauri Lane, Lambton Quay, \
        Marine Parade, Moorhouse Avenue, Oriental Bay, Papanui Road, Ponsonby Road, Princes Street, Queen \
        Street, Rimu Road, Symonds Street, Tainui Street, The Octagon, Trafalgar Street, Wairakei Drive",
    postcode: Postcode::Number(10000, 99999),
    phone: "(###)-###-####",
    cell: "(###)-###-####",
    id: Id::None,
};

/// The United States.
pub const US: Nation = Nation {
    code: "US",
    country: "United States",
    titles: Titles::English,
    male: MALE,
    female: FEMALE,
    last: "Allen, Alvarez, Anderson, Bell, Brown, Bryant, Carter, Castillo, Chavez, Coleman, Cruz, Davis, \
        Diaz, Ferguson, Flores, Garcia, Gonzales, Graves, Green, Hayes, Henderson, Hernandez, Jackson, \
        Jimenez, Johnson, Jones, Kim, Larson, Lewis, Lopez, Martinez, Mendoza, Miller, Mitchell, Moore, \
        Morales, Nelson, Nguyen, Olson, Ortiz, Perry, Ramirez, Rice, Rivera, Robinson, Rodriguez, Sanchez, \
        Sanders, Schmidt, Snyder, Stewart, Taylor, Torres, Vargas, Washington, Weaver, Williams, Wilson",
    cities: "Albuquerque, Anchorage, Atlanta, Austin, Baltimore, Billings, Boise, Boulder, Buffalo, \
        Charlotte, Chicago, Cincinnati, Cleveland, Columbus, Dallas, Denver, Des Moines, Detroit, El Paso, \
        Eugene, Fargo, Fresno, Honolulu, Houston, Indianapolis, Jacksonville, Kansas City, Knoxville, Las \
        Vegas, Los Angeles, Louisville, Madison, Memphis, Miami, Milwaukee, Minneapolis, Nashville, New \
        Orleans, New York, Oakland, Omaha, Philadelphia, Phoenix, Pittsburgh, Portland, Raleigh, Reno, \
        Sacramento, Salt Lake City, San Antonio, San Diego, Seattle, Spokane, St. Louis, Tampa, Tucson, \
        Tulsa, Wichita",
    states: "Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, Florida, \
        Georgia, Hawaii, Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, \
        Massachusetts, Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New \
        Hampshire, New Jersey, New Mexico, New York, North Carolina, North Dakota, Ohio, Oklahoma, Oregon, \
        Pennsylvania, Rhode Island, South Carolina, South Dakota, Tennessee, Texas, Utah, Vermont, \
        Virginia, Washington, West Virginia, Wisconsin, Wyoming",
    streets: "Blossom Hill Rd, Brown Terrace, Cherry St, College St, Crockett St, Depaul Dr, Elm St, First \
        Street, Forest Ln, Hickory Grove Rd, Hillcrest Rd, James St, Lakeview Dr, Lincoln Blvd, Locust \
        Ave, Magnolia Way, Main St, Miller Ave, Mockingbird Hill, Oak Ridge Ln, Pecan Acres Ln, Prospect \
        Rd, Ranchview Dr, River Bend Rd, Sunset Blvd, Sycamore Dr, Valley View Ln, Walnut Hill Ln, \
        Washington Ave, Westheimer Rd, Wheeler Ridge Rd, Willow Creek Dr",
    postcode: Postcode::Number(10000, 99999),
    phone: "(+##) ###-####",
    cell: "(+##) ###-####",
    id: Id::Made("SSN", "###-##-####"),
};
