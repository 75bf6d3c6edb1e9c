//! Brazil, France, Mexico, Spain and Switzerland.

use super::{Id, Nation, Postcode, Titles};

/// Brazil: some streets end with a space, as the API's do.
pub const BR: Nation = Nation {
    code: "BR",
    country: "Brazil",
    titles: Titles::English,
    male: "Adriano, Afonso, Alexandre, Anderson, André, Antônio, Arthur, Benício, Bernardo, Caio, Cauã, \
        César, Cláudio, Danilo, Davi, Diego, Eduardo, Enzo, Fábio, Felipe, Fernando, Gustavo, Heitor, \
        Henrique, Ícaro, Igor, João, Joaquim, José, Júlio, Leandro, Lorenzo, Luís, Marcelo, Márcio, Mário, \
        Mateus, Murilo, Nelson, Otávio, Paulo, Rafael, Renato, Ricardo, Rogério, Sérgio, Thiago, Vicente, \
        Vinícius, Yuri",
    female: "Adriana, Alícia, Aline, Amanda, Ana, Antônia, Aparecida, Bárbara, Beatriz, Bianca, Bruna, \
        Camila, Cássia, Cecília, Cíntia, Clara, Cristina, Débora, Eduarda, Elisa, Fátima, Fernanda, \
        Flávia, Gabriela, Heloísa, Inês, Isadora, Jéssica, Joana, Júlia, Larissa, Letícia, Lívia, Lúcia, \
        Luíza, Márcia, Mariana, Marília, Mônica, Natália, Patrícia, Rafaela, Raquel, Rosângela, Sílvia, \
        Sônia, Tânia, Valéria, Vitória, Yasmin",
    last: "Almeida, Alves, Andrade, Araújo, Azevedo, Barbosa, Barros, Batista, Borges, Brandão, Campos, \
        Cardoso, Carvalho, Castro, Conceição, Correia, Costa, Cunha, da Silva, das Neves, de Oliveira, de \
        Souza, Dias, dos Santos, Duarte, Fernandes, Ferreira, Freitas, Gomes, Gonçalves, Guimarães, Leal, \
        Lima, Lopes, Macedo, Machado, Magalhães, Martins, Melo, Mendes, Monteiro, Moreira, Nascimento, \
        Nunes, Pereira, Pinto, Ramos, Ribeiro, Rocha, Rodrigues, Teixeira, Vieira",
    cities: "Anápolis, Aracaju, Belém, Belo Horizonte, Boa Vista, Brasília, Campinas, Campo Grande, \
        Caruaru, Caxias do Sul, Cuiabá, Curitiba, Diadema, Feira de Santana, Florianópolis, Fortaleza, Foz \
        do Iguaçu, Goiânia, Guarulhos, João Pessoa, Joinville, Juazeiro do Norte, Londrina, Macapá, \
        Maceió, Manaus, Maringá, Mossoró, Natal, Niterói, Olinda, Ouro Preto, Palmas, Porto Alegre, Porto \
        Velho, Recife, Ribeirão Preto, Rio Branco, Rio de Janeiro, Salvador, Santarém, São Luís, São \
        Paulo, Sorocaba, Teresina, Uberlândia, Vitória",
    states: "Acre, Alagoas, Amapá, Amazonas, Bahia, Ceará, Distrito Federal, Espírito Santo, Goiás, \
        Maranhão, Mato Grosso, Mato Grosso do Sul, Minas Gerais, Pará, Paraíba, Paraná, Pernambuco, Piauí, \
        Rio de Janeiro, Rio Grande do Norte, Rio Grande do Sul, Rondônia, Roraima, Santa Catarina, São \
        Paulo, Sergipe, Tocantins",
    streets: "Avenida Atlântica, Avenida Brasil_, Avenida da Liberdade, Avenida Getúlio Vargas, Avenida \
        Paulista, Ladeira da Glória, Praça da República, Rua Amazonas_, Rua Bahia_, Rua Boa Vista_, Rua \
        Castro Alves_, Rua da Paz_, Rua das Flores, Rua Dom Pedro I_, Rua Duque de Caxias_, Rua Machado de \
        Assis_, Rua Marechal Deodoro_, Rua Mato Grosso_, Rua Maranhão_, Rua Piauí_, Rua Quinze de \
        Novembro_, Rua São João_, Rua São José_, Rua Sete de Setembro_, Rua Tiradentes_, Travessa do \
        Comércio, Travessa São Sebastião",
    postcode: Postcode::Number(10000, 99999),
    phone: "(##) ####-####",
    cell: "(##) ####-####",
    id: Id::Made("CPF", "###.###.###-##"),
};

/// Switzerland: French titles.
pub const CH: Nation = Nation {
    code: "CH",
    country: "Switzerland",
    titles: Titles::French,
    male: "Adrian, Alain, Andrea, Andreas, Beat, Benoît, Bruno, Christian, Claude, Cyril, Daniel, Dario, \
        Didier, Elio, Fabio, Florian, François, Gian, Gilles, Giovanni, Hans, Heinz, Jean-Luc, Joël, Jürg, \
        Kilian, Lars, Laurent, Livio, Loïc, Lorenz, Marco, Matteo, Mathieu, Nils, Noé, Pascal, Philippe, \
        Reto, René, Robin, Samuel, Sébastien, Silvan, Stefan, Sylvain, Thierry, Urs, Valentin, Werner, \
        Yves",
    female: "Alessia, Alina, Anaïs, Andrea, Anja, Barbara, Bettina, Brigitte, Carmen, Céline, Chiara, \
        Claudia, Corinne, Cornelia, Daniela, Doris, Elena, Elin, Émilie, Estelle, Fabienne, Flavia, \
        Françoise, Gabriela, Giulia, Heidi, Hélène, Isabelle, Ladina, Laure, Livia, Lorena, Luana, \
        Madeleine, Manuela, Margrit, Mélanie, Mirjam, Monika, Nadja, Nathalie, Noémie, Olivia, Petra, \
        Regula, Romaine, Sandra, Simone, Sylvie, Ursula, Vreni, Yvonne",
    last: "Aebischer, Ammann, Baumann, Berger, Bernasconi, Bianchi, Blanc, Bonvin, Brunner, Bühler, \
        Caduff, Chevalley, Egger, Favre, Fischer, Frei, Frey, Gerber, Giger, Graf, Huber, Jaquet, Keller, \
        Kälin, Künzli, Lehmann, Maurer, Meier, Meyer, Monnier, Moser, Mottet, Müller, Pedrazzini, Perret, \
        Pfister, Pittet, Rochat, Roth, Schär, Schmid, Schneider, Steiner, Stucki, Suter, Vonlanthen, \
        Weber, Widmer, Wyss, Zimmermann, Zürcher",
    cities: "Aarau, Aigle, Altdorf, Arbon, Baden, Basel, Bellinzona, Bern, Biel/Bienne, Brig-Glis, Bülach, \
        Burgdorf, Chur, Davos, Delémont, Einsiedeln, Estavayer-le-Lac, Frauenfeld, Fribourg, Genève, \
        Glarus, Grindelwald, Gruyères, Herisau, Interlaken, Köniz, La Chaux-de-Fonds, Lausanne, Liestal, \
        Locarno, Lugano, Luzern, Martigny, Montreux, Neuchâtel, Nyon, Olten, Poschiavo, Sankt Gallen, \
        Schaffhausen, Schwyz, Sion, Solothurn, Stans, Thun, Uster, Vevey, Winterthur, Zermatt, Zug, Zürich",
    states: "Aargau, Appenzell Ausserrhoden, Appenzell Innerrhoden, Basel-Landschaft, Basel-Stadt, Bern, \
        Fribourg, Genève, Glarus, Graubünden, Jura, Luzern, Neuchâtel, Nidwalden, Obwalden, Sankt Gallen, \
        Schaffhausen, Schwyz, Solothurn, Ticino, Thurgau, Uri, Valais, Vaud, Zug, Zürich",
    streets: "Avenue de la Gare, Bahnhofstrasse, Boulevard des Philosophes, Chemin des Vignes, \
        Dorfstrasse, Grand-Rue, Kirchgasse, Limmatquai, Marktgasse, Place du Marché, Place Neuve, Quai du \
        Mont-Blanc, Rämistrasse, Route de Berne, Route du Lac, Rue Centrale, Rue de Bourg, Rue de \
        l'Hôpital, Rue des Moulins, Rue du Rhône, Rue du Simplon, Seestrasse, Spalenberg, Via Nassa, Via \
        Stazione",
    postcode: Postcode::Number(1000, 9999),
    phone: "07# ### ## ##",
    cell: "07# ### ## ##",
    id: Id::Made("AVS", "756.####.####.##"),
};

/// Spain.
pub const ES: Nation = Nation {
    code: "ES",
    country: "Spain",
    titles: Titles::English,
    male: "Adrián, Agustín, Alberto, Alejandro, Álvaro, Andrés, Ángel, Antonio, Arturo, Benito, Borja, \
        Carlos, César, Cristian, Daniel, Diego, Domingo, Emilio, Enrique, Ernesto, Esteban, Felipe, \
        Fermín, Fernando, Francisco, Gonzalo, Guillermo, Héctor, Hugo, Ignacio, Íñigo, Jesús, Joaquín, \
        Jorge, Julián, Lorenzo, Lucas, Manuel, Marcos, Mateo, Nicolás, Óscar, Pablo, Rafael, Ramón, Raúl, \
        Rubén, Santiago, Sergio, Tomás, Víctor, Xavier",
    female: "Adela, Alba, Alicia, Amparo, Ana, Andrea, Ángela, Aurora, Beatriz, Begoña, Belén, Blanca, \
        Carla, Carmen, Carolina, Catalina, Celia, Claudia, Concepción, Cristina, Dolores, Elena, \
        Esperanza, Esther, Eva, Gema, Inés, Irene, Itziar, Josefa, Julia, Leire, Lidia, Lorena, Lourdes, \
        Lucía, Luisa, Manuela, Marina, Marta, Mercedes, Mireia, Montserrat, Noelia, Nuria, Paula, Pilar, \
        Rocío, Rosario, Sofía, Teresa, Vanesa, Verónica, Yolanda",
    last: "Aguilar, Alonso, Álvarez, Benítez, Blanco, Bravo, Calvo, Cano, Castillo, Castro, Crespo, \
        Delgado, Díaz, Domínguez, Durán, Fernández, Flores, Fuentes, Gallego, García, Garrido, Giménez, \
        Gómez, González, Guerrero, Gutiérrez, Hernández, Herrero, Ibáñez, Iglesias, Jiménez, León, López, \
        Lozano, Marín, Martínez, Medina, Méndez, Molina, Montero, Muñoz, Navarro, Núñez, Ortega, Peña, \
        Pérez, Prieto, Ramírez, Ruiz, Sáez, Sánchez, Santana, Suárez, Vázquez, Vidal",
    cities: "A Coruña, Albacete, Alcalá de Henares, Alicante, Almería, Ávila, Badajoz, Barcelona, Bilbao, \
        Burgos, Cáceres, Cádiz, Cartagena, Córdoba, Cuenca, Elche, Gerona, Getafe, Gijón, Granada, \
        Guadalajara, Huelva, Huesca, Jaén, Jerez de la Frontera, Las Palmas de Gran Canaria, León, Lérida, \
        Logroño, Lugo, Madrid, Málaga, Mérida, Murcia, Orense, Oviedo, Palencia, Palma de Mallorca, \
        Pamplona, Ponferrada, Salamanca, San Sebastián, Santander, Segovia, Sevilla, Tarragona, Teruel, \
        Toledo, Valencia, Vigo, Vitoria, Zamora, Zaragoza",
    states: "Andalucía, Aragón, Asturias, Canarias, Cantabria, Castilla la Mancha, Castilla y León, \
        Cataluña, Ceuta, Comunidad Valenciana, Comunidad de Madrid, Extremadura, Galicia, Islas Baleares, \
        La Rioja, Melilla, Navarra, País Vasco, Región de Murcia",
    streets: "Avenida de América, Avenida de Andalucía, Avenida de la Constitución, Avenida del Mar, Calle \
        Mayor, Calle Nueva, Calle Real, Calle de Alcalá, Calle de Atocha, Calle de Bravo Murillo, Calle de \
        Cervantes, Calle de Goya, Calle de la Luna, Calle de Toledo, Calle del Carmen, Calle del Pez, \
        Calle del Prado, Camino de Ronda, Gran Vía, Paseo de Extremadura, Paseo de la Castellana, Paseo \
        del Río, Plaza de España, Plaza Mayor, Ronda de Segovia",
    postcode: Postcode::Number(10000, 99999),
    phone: "9##-###-###",
    cell: "6##-###-###",
    id: Id::Made("DNI", "########-^"),
};

/// France: an id that starts with sex, year and month of birth.
pub const FR: Nation = Nation {
    code: "FR",
    country: "France",
    titles: Titles::English,
    male: "Adrien, Alexis, Antoine, Aurélien, Axel, Baptiste, Basile, Bastien, Benoît, Camille, Célestin, \
        Clément, Côme, Damien, Denis, Édouard, Éloi, Émile, Étienne, Fabien, Florent, François, Frédéric, \
        Gabin, Gaspard, Gérard, Guillaume, Hippolyte, Hugo, Jean-Baptiste, Jérôme, Joël, Jules, Kylian, \
        Léandre, Loïc, Lucien, Marius, Mathéo, Maxence, Mickaël, Nino, Octave, Pierre, Quentin, Raphaël, \
        Rémi, Romain, Sacha, Théo, Thibault, Timothée, Tom, Valentin, Yanis",
    female: "Adèle, Agathe, Alix, Amandine, Amélie, Angèle, Apolline, Aurore, Bérénice, Blanche, Capucine, \
        Cécile, Chloé, Clémence, Constance, Coralie, Delphine, Éléonore, Élise, Élodie, Émeline, Estelle, \
        Eugénie, Flavie, Gabrielle, Garance, Gaëlle, Hélène, Héloïse, Inès, Jeanne, Joséphine, Julie, \
        Justine, Léa, Léonie, Lison, Louane, Lucie, Maëlys, Manon, Margaux, Marguerite, Mathilde, Mélina, \
        Nina, Noémie, Océane, Pauline, Romane, Rose, Sandrine, Solène, Véronique, Zélie, Zoé",
    last: "André, Aubert, Barbier, Baron, Benoit, Berger, Bertrand, Blanchard, Bonnet, Bourgeois, Boyer, \
        Brun, Carpentier, Chevalier, Colin, Da Silva, David, Deschamps, Dubois, Dufour, Dumas, Dupont, \
        Durand, Fabre, Faure, Fontaine, Fournier, Gaillard, Gautier, Girard, Guérin, Hubert, Joly, \
        Lacroix, Laurent, Le Gall, Leclerc, Lefèvre, Lemaire, Leroux, Marchand, Masson, Mercier, Meunier, \
        Moreau, Nguyen, Noël, Olivier, Perrot, Petit, Philippe, Renard, Renaud, Rey, Rousseau, Simon, \
        Thomas, Vidal",
    cities: "Aix-en-Provence, Ajaccio, Amiens, Angers, Annecy, Avignon, Bayonne, Besançon, Béziers, \
        Bordeaux, Bourges, Brest, Caen, Calais, Cannes, Chambéry, Cherbourg-en-Cotentin, Clermont-Ferrand, \
        Colmar, Dijon, Grenoble, La Rochelle, Le Havre, Le Mans, Lille, Limoges, Lorient, Lyon, Marseille, \
        Metz, Montpellier, Mulhouse, Nancy, Nantes, Nice, Nîmes, Orléans, Paris, Pau, Perpignan, Poitiers, \
        Quimper, Reims, Rennes, Rouen, Saint-Étienne, Saint-Malo, Strasbourg, Toulon, Toulouse, Tours, \
        Troyes, Valence, Versailles",
    states: "Ain, Ardèche, Aube, Bouches-du-Rhône, Calvados, Charente-Maritime, Corrèze, Corse-du-Sud, \
        Côte-d'Or, Côtes-d'Armor, Dordogne, Doubs, Drôme, Finistère, Gard, Gironde, Haute-Garonne, \
        Haute-Savoie, Hérault, Ille-et-Vilaine, Indre-et-Loire, Isère, Jura, Landes, Loire-Atlantique, \
        Lozère, Manche, Meuse, Morbihan, Moselle, Nièvre, Nord, Oise, Pas-de-Calais, Puy-de-Dôme, \
        Pyrénées-Orientales, Rhône, Sarthe, Savoie, Seine-Maritime, Somme, Tarn, Val-de-Marne, Var, \
        Vaucluse, Vendée, Vosges, Yonne",
    streets: "Allée des Tilleuls, Avenue Foch, Avenue Jean Jaurès, Boulevard de la Liberté, Boulevard \
        Voltaire, Chemin du Moulin, Cours Mirabeau, Impasse des Lilas, Place Bellecour, Place de l'Église, \
        Place de la Mairie, Place de la République, Quai de la Loire, Quai des Chartrons, Rue Bossuet, Rue \
        de l'Abreuvoir, Rue de la Fontaine, Rue de la Gare, Rue des Écoles, Rue des Jardins, Rue du \
        Château, Rue du Faubourg-National, Rue du Vieux-Marché, Rue Gambetta, Rue Pasteur, Rue \
        Saint-Honoré, Rue Sainte-Catherine, Rue Victor-Hugo",
    postcode: Postcode::Number(10000, 99999),
    phone: "0#-##-##-##-##",
    cell: "06-##-##-##-##",
    id: Id::Made("INSEE", "sym######## ##"),
};

/// Mexico.
pub const MX: Nation = Nation {
    code: "MX",
    country: "Mexico",
    titles: Titles::English,
    male: "Abel, Abraham, Adolfo, Alfonso, Alfredo, Amado, Anselmo, Armando, Bernardo, Bruno, Camilo, \
        César, Cuauhtémoc, Darío, Edgar, Efraín, Eligio, Elías, Emiliano, Esteban, Eugenio, Ezequiel, \
        Fabián, Félix, Fidel, Germán, Gerardo, Gilberto, Hernán, Humberto, Isaac, Ismael, Iván, Jacobo, \
        Javier, Joel, Leonel, Leonardo, Luis, Martín, Maximiliano, Miguel, Moisés, Noé, Octavio, Pascual, \
        Pedro, Ramiro, Rodrigo, Rogelio, Salvador, Saúl, Teodoro, Ulises, Vicente, Zacarías",
    female: "Abril, Adriana, Alejandra, Alma, Amalia, Araceli, Aurora, Berenice, Brenda, Camila, Citlali, \
        Consuelo, Dafne, Daniela, Delia, Diana, Dulce, Elisa, Elvira, Esmeralda, Estela, Fernanda, Flor, \
        Gabriela, Gloria, Graciela, Guadalupe, Hortensia, Imelda, Isabela, Ivonne, Jazmín, Jimena, Judith, \
        Karina, Leticia, Liliana, Lupita, Magdalena, Maricela, Micaela, Mónica, Norma, Ofelia, Paloma, \
        Perla, Ramona, Renata, Rosa, Salma, Socorro, Susana, Tania, Valeria, Ximena, Xóchitl, Yadira, \
        Zulema",
    last: "Acosta, Aguirre, Arellano, Ávila, Ayala, Barajas, Barrera, Bautista, Becerra, Cabrera, Camacho, \
        Cárdenas, Carrillo, Cervantes, Chávez, Contreras, Cortés, Cruz, Escobedo, Espinoza, Estrada, \
        Figueroa, Galván, Garza, Godínez, Guzmán, Ibarra, Juárez, Lara, Leyva, Luna, Maldonado, Mejía, \
        Meza, Mora, Nava, Ochoa, Orozco, Ortiz, Pacheco, Padilla, Quiñones, Ramos, Reyes, Rivas, Robles, \
        Rosales, Salazar, Sandoval, Solís, Tapia, Trejo, Treviño, Valdez, Villanueva, Zamora, Zúñiga",
    cities: "Acapulco, Aguascalientes, Campeche, Cancún, Celaya, Chetumal, Chihuahua, Ciudad Juárez, \
        Ciudad Obregón, Ciudad Victoria, Coatzacoalcos, Colima, Córdoba, Cuernavaca, Culiacán, Durango, \
        Ensenada, Guadalajara, Guanajuato, Guerrero Negro, Hermosillo, Irapuato, La Paz, León, Los Mochis, \
        Matamoros, Mazatlán, Mérida, Mexicali, Monterrey, Morelia, Nogales, Oaxaca, Pachuca, Puebla, \
        Querétaro, Reynosa, Saltillo, San Cristóbal de las Casas, San Luis Potosí, Tampico, Tapachula, \
        Taxco, Tepic, Tijuana, Tlaxcala, Toluca, Torreón, Tuxtla Gutiérrez, Uruapan, Veracruz, \
        Villahermosa, Xalapa, Zacatecas",
    states: "Aguascalientes, Baja California, Baja California Sur, Campeche, Chiapas, Chihuahua, Ciudad de \
        México, Coahuila, Colima, Durango, Estado de México, Guanajuato, Guerrero, Hidalgo, Jalisco, \
        Michoacán, Morelos, Nayarit, Nuevo León, Oaxaca, Puebla, Querétaro, Quintana Roo, San Luis Potosí, \
        Sinaloa, Sonora, Tabasco, Tamaulipas, Tlaxcala, Veracruz, Yucatán, Zacatecas",
    streets: "Andador Las Rosas, Avenida Chapultepec, Avenida de los Insurgentes, Avenida Hidalgo, Avenida \
        Juárez, Avenida Revolución, Boulevard Díaz Ordaz, Calle 5 de Mayo, Calle 16 de Septiembre, Calle \
        Allende, Calle Benito Juárez, Calle Emiliano Zapata, Calle Independencia, Calle Madero, Calle \
        Morelos, Callejón del Beso, Calzada de Tlalpan, Calzada Independencia, Cerrada Norte, Circuito \
        Interior, Corredor Sur, Diagonal Reforma, Paseo de la Reforma, Privada Jacarandas, Prolongación \
        Guerrero, Retorno Sur, Viaducto Miguel Alemán",
    postcode: Postcode::Number(10000, 99999),
    phone: "(6##) ### ####",
    cell: "(6##) ### ####",
    id: Id::Made("NSS", "## ## ## #### #"),
};
