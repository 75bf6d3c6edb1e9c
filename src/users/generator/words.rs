//! Words that belong to no nation: what user names, passwords and time zones are made of.

/// The first half of a user name.
pub const ADJECTIVES: [&str; 30] = [
    "angry", "beautiful", "big", "black", "blue", "brown", "calm", "clever", "crazy", "eager", "gentle", "golden",
    "goofy", "green", "happy", "heavy", "lazy", "orange", "organic", "proud", "purple", "quiet", "red", "sad",
    "silver", "small", "ticklish", "tiny", "white", "yellow",
];

/// The second half of a user name.
pub const ANIMALS: [&str; 30] = [
    "badger", "bear", "bird", "butterfly", "cat", "crane", "dog", "dolphin", "duck", "elephant", "falcon", "fish",
    "fox", "frog", "goose", "gorilla", "heron", "kangaroo", "koala", "leopard", "lion", "meerkat", "mouse", "ostrich",
    "panda", "peacock", "rabbit", "snake", "tiger", "zebra",
];

/// Passwords that people should not choose.
pub const PASSWORDS: [&str; 64] = [
    "123abc", "2000", "alpine", "amber1", "archer", "atlantis", "baseball", "biscuit", "blizzard", "bonjour",
    "cactus", "camelot", "captain", "caramel", "cobalt", "cookie12", "crystal", "december", "denver", "diamonds",
    "dolphin1", "eclipse", "emerald", "falcon", "flamingo", "forever", "freedom7", "galaxy", "gandalf", "guitar",
    "hawaii50", "horizon", "iceman", "jasper", "jupiter", "kingdom", "letmein1", "lantern", "maverick", "mercury",
    "midnight", "monday", "mustang9", "nirvana", "octopus", "orchid", "paradise", "pelican", "phantom", "pirate",
    "qwerty99", "rainbow", "raven", "samurai", "scooter", "shadow", "sierra", "snowball", "sunshine", "tango",
    "thunder", "velvet", "winter", "zeppelin",
];

/// What salt is made of.
pub const SALT: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Offsets from UTC with some of the places that have them; nobody's time zone has to do with where
/// he lives, nor has it in the API.
pub const TIMEZONES: [(&str, &str); 30] = [
    ("-12:00", "Eniwetok, Kwajalein"),
    ("-11:00", "Midway Island, Samoa"),
    ("-10:00", "Hawaii"),
    ("-9:00", "Alaska"),
    ("-8:00", "Pacific Time (US & Canada)"),
    ("-7:00", "Mountain Time (US & Canada)"),
    ("-6:00", "Central Time (US & Canada), Mexico City"),
    ("-5:00", "Eastern Time (US & Canada), Bogota, Lima"),
    ("-4:00", "Atlantic Time (Canada), Caracas, La Paz"),
    ("-3:30", "Newfoundland"),
    ("-3:00", "Brazil, Buenos Aires, Georgetown"),
    ("-2:00", "Mid-Atlantic"),
    ("-1:00", "Azores, Cape Verde Islands"),
    ("0:00", "Western Europe Time, London, Lisbon, Casablanca"),
    ("+1:00", "Brussels, Copenhagen, Madrid, Paris"),
    ("+2:00", "Kaliningrad, South Africa"),
    ("+3:00", "Baghdad, Riyadh, Moscow, St. Petersburg"),
    ("+3:30", "Tehran"),
    ("+4:00", "Abu Dhabi, Muscat, Baku, Tbilisi"),
    ("+4:30", "Kabul"),
    ("+5:00", "Ekaterinburg, Islamabad, Karachi, Tashkent"),
    ("+5:30", "Bombay, Calcutta, Madras, New Delhi"),
    ("+5:45", "Kathmandu"),
    ("+6:00", "Almaty, Dhaka, Colombo"),
    ("+7:00", "Bangkok, Hanoi, Jakarta"),
    ("+8:00", "Beijing, Perth, Singapore, Hong Kong"),
    ("+9:00", "Tokyo, Seoul, Osaka, Sapporo, Yakutsk"),
    ("+9:30", "Adelaide, Darwin"),
    ("+10:00", "Eastern Australia, Guam, Vladivostok"),
    ("+11:00", "Magadan, Solomon Islands, New Caledonia"),
];
