//! Denmark, Finland and Norway.

use super::{Id, Nation, Postcode, Titles};

/// Denmark: an id that holds the date of birth.
pub const DK: Nation = Nation {
    code: "DK",
    country: "Denmark",
    titles: Titles::English,
    male: "Adam, Aksel, Albert, Anders, Anton, Arthur, Asger, August, Bertil, Bjarke, Bo, Carl, \
        Christoffer, Ejnar, Elias, Emil, Erik, Esben, Felix, Flemming, Frederik, Gustav, Hans, Harald, \
        Henning, Henrik, Jeppe, Jens, Jørgen, Karl, Kasper, Kjeld, Knud, Lasse, Lauge, Lars, Laurits, \
        Malthe, Mads, Mikkel, Morten, Niels, Nikolaj, Noah, Ole, Oskar, Otto, Palle, Per, Poul, Rasmus, \
        Rune, Simon, Søren, Svend, Tobias, Troels, Ulrik, Uffe, Valdemar, Victor, William, Åge",
    female: "Agnes, Alba, Alma, Anja, Anna, Astrid, Augusta, Benedikte, Birgitte, Bodil, Camilla, \
        Caroline, Clara, Dagny, Dorthe, Ea, Ebba, Ella, Ellen, Emma, Esther, Filippa, Freja, Gerda, Gitte, \
        Grethe, Gry, Hanne, Helle, Ida, Inger, Ingrid, Jette, Johanne, Josefine, Karen, Karla, Kirsten, \
        Laura, Lise, Liva, Maja, Maren, Mathilde, Merle, Mette, Naja, Nanna, Olivia, Pernille, Ronja, \
        Rosa, Sif, Signe, Sigrid, Smilla, Sofie, Solveig, Stine, Thea, Tove, Vibeke, Viola, Åse",
    last: "Andersen, Andreasen, Bach, Berg, Bertelsen, Brandt, Carlsen, Christensen, Clausen, Dahl, \
        Danielsen, Eriksen, Frandsen, Frederiksen, Friis, Gregersen, Hald, Hansen, Hedegaard, Henriksen, \
        Holm, Iversen, Jacobsen, Jensen, Jeppesen, Jespersen, Johnsen, Juhl, Jørgensen, Kjær, Knudsen, \
        Kristensen, Krogh, Lange, Larsen, Lauridsen, Lind, Lund, Madsen, Mikkelsen, Mogensen, Mortensen, \
        Munk, Møller, Nielsen, Nissen, Nygaard, Olesen, Olsen, Overgaard, Paulsen, Pedersen, Petersen, \
        Poulsen, Rasmussen, Schmidt, Simonsen, Skov, Svendsen, Søndergaard, Sørensen, Thomsen, Thygesen, \
        Toft, Vestergaard, Winther, Østergaard",
    cities: "Assens, Ballerup, Billund, Brønderslev, Ebeltoft, Esbjerg, Faaborg, Fredericia, \
        Frederikshavn, Frederikssund, Gentofte, Grenaa, Haderslev, Helsingør, Herning, Hillerød, \
        Hirtshals, Hjørring, Holbæk, Holstebro, Horsens, Hundested, Hørsholm, Ikast, Kalundborg, \
        Kerteminde, Kolding, Korsør, København K, København Ø, Køge, Lemvig, Maribo, Marstal, Middelfart, \
        Nakskov, Nyborg, Næstved, Odense C, Randers, Ribe, Ringkøbing, Roskilde, Rudkøbing, Rønne, \
        Silkeborg, Skagen, Skive, Slagelse, Struer, Svendborg, Sønderborg, Thisted, Tønder, Vejle, Viborg, \
        Vordingborg, Aabenraa, Aalborg, Aarhus, Ærøskøbing",
    states: "Danmark, Hovedstaden, Midtjylland, Nordjylland, Sjælland, Syddanmark",
    streets: "Algade, Bakkevej, Birkevej, Blegdamsvej, Bredgade, Brovænget, Drosselvej, Egevænget, \
        Elmealle, Enghavevej, Fasanvej, Fiskergade, Gartnervej, Gl. Kongevej, Havnegade, Hedevej, \
        Hovedgaden, Hyldevej, Industrivej, Jernbanegade, Kirkebakken, Klostervej, Kløvermarken, Lærkevej, \
        Mejerivej, Møllebakken, Nørrebrogade, Nygade, Parkvej, Plantagevej, Præstegårdsvej, Rosenhaven, \
        Rugvænget, Skolegade, Skovbrynet, Skovvej, Slotsgade, Stationsvej, Strandvejen, Søndergade, Søvej, \
        Toftevej, Torvet, Tværvej, Vestergade, Ågade, Ørstedsvej",
    postcode: Postcode::Number(10000, 99999),
    phone: "########",
    cell: "########",
    id: Id::Made("CPR", "dmy-####"),
};

/// Finland: an id that holds the date of birth.
pub const FI: Nation = Nation {
    code: "FI",
    country: "Finland",
    titles: Titles::English,
    male: "Aarne, Aleksi, Antti, Arttu, Eero, Eino, Elias, Erkki, Esa, Hannu, Harri, Heikki, Ilkka, Ismo, \
        Jaakko, Jani, Jarmo, Joel, Joona, Juha, Jukka, Jussi, Kaarlo, Kalle, Kari, Kimi, Lauri, Leevi, \
        Luukas, Markku, Matias, Matti, Mauno, Miika, Mikael, Mikko, Niilo, Olavi, Onni, Oskari, Otso, \
        Paavo, Pekka, Pentti, Petri, Pyry, Raimo, Rasmus, Risto, Sakari, Sami, Santeri, Seppo, Tapio, \
        Teemu, Timo, Toivo, Tuomas, Urho, Veeti, Väinö, Vilho, Ville, Yrjö",
    female: "Aada, Aila, Aino, Aliisa, Anneli, Annika, Eerika, Eila, Elina, Ellen, Emilia, Essi, Eveliina, \
        Hanna, Hannele, Heidi, Helena, Helmi, Iida, Iiris, Ilona, Inkeri, Jenni, Johanna, Kaarina, Kaisa, \
        Katri, Kerttu, Kirsi, Kyllikki, Laura, Leena, Lumi, Maija, Mari, Marjatta, Matilda, Minna, Mirja, \
        Niina, Noora, Oona, Outi, Peppi, Pinja, Pirkko, Päivi, Riikka, Ritva, Ronja, Saara, Sanni, Sari, \
        Satu, Senja, Siiri, Sirpa, Sofia, Suvi, Taru, Tiina, Tuula, Tyyne, Ulla, Venla, Viivi, Vuokko",
    last: "Aalto, Aho, Ahonen, Eskola, Halonen, Hakala, Heikkilä, Heinonen, Hiltunen, Hirvonen, \
        Hämäläinen, Jokela, Järvinen, Kallio, Karjalainen, Karppinen, Kettunen, Kinnunen, Koivisto, \
        Kokkonen, Korhonen, Koskinen, Kärkkäinen, Laakso, Laaksonen, Laine, Laitinen, Lampinen, Lehtonen, \
        Leppänen, Lindholm, Mäkelä, Mäkinen, Manninen, Mattila, Miettinen, Moilanen, Mustonen, Mykkänen, \
        Nieminen, Niskanen, Nurmi, Ojala, Paananen, Peltonen, Pitkänen, Rantanen, Räsänen, Saarinen, \
        Salmi, Salonen, Savolainen, Seppälä, Tikkanen, Toivonen, Tuominen, Turunen, Väisänen, Virtanen, \
        Ylönen",
    cities: "Espoo, Forssa, Hamina, Hanko, Heinola, Helsinki, Hyvinkää, Hämeenlinna, Iisalmi, Imatra, \
        Inari, Joensuu, Jyväskylä, Jämsä, Järvenpää, Kajaani, Kemi, Kemijärvi, Kerava, Kirkkonummi, \
        Kittilä, Kokkola, Kotka, Kouvola, Kuhmo, Kuopio, Kuusamo, Lahti, Lappeenranta, Lohja, Loviisa, \
        Maarianhamina, Mikkeli, Muonio, Mänttä-Vilppula, Naantali, Nokia, Nurmes, Oulu, Pietarsaari, Pori, \
        Porvoo, Pyhtää, Raahe, Rauma, Rovaniemi, Salo, Savonlinna, Seinäjoki, Siikajoki, Sodankylä, \
        Tampere, Tornio, Turku, Utsjoki, Uusikaupunki, Vaasa, Vantaa, Varkaus, Äänekoski, Ähtäri",
    states: "Åland, Central Finland, Central Ostrobothnia, Finland Proper, Kainuu, Kymenlaakso, Lapland, \
        North Karelia, Northern Ostrobothnia, Northern Savonia, Ostrobothnia, Pirkanmaa, Päijänne \
        Tavastia, Satakunta, South Karelia, Southern Ostrobothnia, Southern Savonia, Tavastia Proper, \
        Uusimaa",
    streets: "Aleksanterinkatu, Asemakatu, Bulevardi, Esplanadi, Hallituskatu, Itäinen Pitkäkatu, \
        Kauppakatu, Keskuskatu, Kirkkokatu, Koskikatu, Kuusitie, Linnankatu, Mannerheimintie, Myllytie, \
        Mäntytie, Nahkatehtaankatu, Pispalan valtatie, Pohjoisranta, Puutarhakatu, Rantatie, \
        Rautatienkatu, Satamakatu, Suokatu, Tehtaankatu, Torikatu, Tuomiokirkonkatu, Uudenmaankatu, \
        Verkatehtaankatu, Visiokatu, Yliopistonkatu",
    postcode: Postcode::Number(10000, 99999),
    phone: "0#-###-###",
    cell: "04#-###-##-##",
    id: Id::Made("HETU", "dmy-###^"),
};

/// Norway: four-digit postcodes as text, leading zeros included.
pub const NO: Nation = Nation {
    code: "NO",
    country: "Norway",
    titles: Titles::English,
    male: "Aksel, Anders, Arne, Asbjørn, Bjørn, Brage, Birk, Christian, Dag, Egil, Einar, Eirik, Elias, \
        Emil, Erlend, Espen, Filip, Fredrik, Geir, Gunnar, Haakon, Halvor, Hans, Harald, Henrik, Herman, \
        Håvard, Isak, Ivar, Jens, Jonas, Jørgen, Kasper, Kjell, Knut, Kristoffer, Kåre, Lars, Leif, Leon, \
        Magnus, Marius, Mathias, Mikkel, Morten, Nils, Odd, Odin, Olav, Oskar, Pål, Per, Petter, Rolf, \
        Roar, Sander, Sigurd, Sindre, Sivert, Snorre, Stian, Sverre, Tarjei, Terje, Thor, Tobias, \
        Torbjørn, Trond, Ulrik, Vegard, Viljar, Øystein, Øyvind, Åsmund",
    female: "Agnes, Amalie, Andrea, Anne, Aslaug, Astrid, Berit, Bjørg, Borghild, Brita, Eira, Eline, \
        Elise, Ella, Ellinor, Embla, Emilie, Eva, Frida, Frøya, Gerd, Gro, Grete, Gudrun, Gunhild, Guro, \
        Hanna, Hege, Hilde, Hedda, Helga, Hjørdis, Ida, Ingeborg, Inger, Ingrid, Jenny, Johanne, Julie, \
        Kari, Kjersti, Kristin, Lilly, Linnea, Liv, Live, Maren, Margit, Mari, Marit, Mathea, Mia, Mille, \
        Nora, Oda, Ragnhild, Randi, Rønnaug, Sara, Selma, Signe, Sigrid, Silje, Siri, Solveig, Sunniva, \
        Synnøve, Thea, Tiril, Tone, Torill, Turid, Unni, Vigdis, Vilde, Wenche, Ylva, Åse",
    last: "Aas, Aasen, Amundsen, Andersen, Andreassen, Antonsen, Bakke, Bakken, Berg, Berge, Berntsen, \
        Birkeland, Bråten, Bøe, Christensen, Dahl, Dale, Danielsen, Edvardsen, Eide, Eliassen, Ellingsen, \
        Engen, Eriksen, Fjeld, Fredriksen, Gulbrandsen, Gundersen, Haga, Hagen, Halvorsen, Hansen, Hauge, \
        Haugen, Haugland, Helland, Henriksen, Holm, Iversen, Jacobsen, Jensen, Johansen, Johnsen, \
        Jørgensen, Karlsen, Knudsen, Knutsen, Kristiansen, Larsen, Lie, Lien, Lund, Lunde, Martinsen, Moe, \
        Moen, Myhre, Myklebust, Mæland, Nguyen, Nilsen, Nygård, Næss, Olsen, Paulsen, Pedersen, Rasmussen, \
        Ruud, Rønning, Sandvik, Simonsen, Sivertsen, Solberg, Solheim, Strand, Strøm, Sunde, Svendsen, \
        Sæther, Sørensen, Thoresen, Tveit, Vik, Ødegård, Østby, Øverland, Ås",
    cities: "Alta, Arendal, Askim, Bergen, Bodø, Brevik, Brønnøysund, Drammen, Drøbak, Egersund, Elverum, \
        Fauske, Finnsnes, Flekkefjord, Florø, Fredrikstad, Førde, Geilo, Gjøvik, Grimstad, Halden, Hamar, \
        Hammerfest, Harstad, Haugesund, Hønefoss, Honningsvåg, Horten, Kautokeino, Kirkenes, Kongsberg, \
        Kongsvinger, Kragerø, Kristiansand, Kristiansund, Larvik, Levanger, Lillehammer, Lillesand, \
        Lyngdal, Mandal, Mo i Rana, Molde, Mosjøen, Moss, Mysen, Måndalen, Namsos, Narvik, Notodden, Odda, \
        Oslo, Porsgrunn, Risør, Rjukan, Røros, Sandnes, Sandnessjøen, Sarpsborg, Skien, Sogndal, Sortland, \
        Stavanger, Steinkjer, Stjørdal, Svolvær, Tromsø, Trondheim, Tvedestrand, Tønsberg, Ulsteinvik, \
        Vadsø, Verdalsøra, Voss, Øksfjord, Ørsta, Åkrehamn, Ålesund, Åndalsnes",
    states: "Akershus, Aust-Agder, Buskerud, Finnmark - Finnmárku, Hedmark, Hordaland, Møre og Romsdal, \
        Nordland, Oppland, Oslo, Rogaland, Sogn og Fjordane, Telemark, Troms - Romsa, Trøndelag, \
        Vest-Agder, Vestfold, Østfold",
    streets: "Bakkegata, Bekkeveien, Bjørkelia, Blåbærstien, Bogstadveien, Bryggegata, Dronningens gate, \
        Elvebredden, Fjellveien, Fredensborgveien, Furuveien, Fyrveien, Granlia, Grønlandsleiret, \
        Hasselveien, Havnegata, Industrigata, Karl Johans gate, Kirkeveien, Kløverveien, Kongens gate, \
        Linneaveien, Lyngveien, Lørenskogveien, Maridalsveien, Multestien, Myrveien, Møllergata, Nedre \
        Slottsgate, Nygata, Olaf Ryes plass, Parkveien, Pilestredet, Prestegårdsveien, Ringveien, \
        Rosenkrantz' gate, Røykenveien, Sandakerveien, Skogstien, Skolegata, Solbakken, Sørkedalsveien, \
        Storgata, Strandgata, Sjøgata, Tordenskiolds gate, Torggata, Trondheimsveien, Uelands gate, Vestre \
        gate, Økernveien, Øvre Torggate, Åsveien",
    postcode: Postcode::Text("####"),
    phone: "########",
    cell: "########",
    id: Id::Made("FN", "dmy#####"),
};
