package closed

import "slices"

// Country has a calendar of official holidays at Google.
type Country struct {
	Key  string // as Google's calendars call it
	Name string
}

// Calendar is the id of its official holidays, without the days that are observed, but worked on.
func (c Country) Calendar() string {
	return "en." + c.Key + ".official#holiday@group.v.calendar.google.com"
}

// CountryOf finds a country by its key.
func CountryOf(key string) (Country, bool) {
	i := slices.IndexFunc(Countries, func(c Country) bool { return c.Key == key })
	if i < 0 {
		return Country{}, false
	}
	return Countries[i], true
}

// Countries are those to choose from, by name. Everybody may read their calendars.
var Countries = []Country{
	{"ar", "Argentina"}, {"australian", "Australia"}, {"austrian", "Austria"}, {"be", "Belgium"}, {"brazilian", "Brazil"},
	{"bulgarian", "Bulgaria"}, {"canadian", "Canada"}, {"cl", "Chile"}, {"china", "China"}, {"co", "Colombia"},
	{"croatian", "Croatia"}, {"czech", "Czechia"}, {"danish", "Denmark"}, {"ee", "Estonia"}, {"finnish", "Finland"},
	{"french", "France"}, {"german", "Germany"}, {"greek", "Greece"}, {"hong_kong", "Hong Kong"}, {"hungarian", "Hungary"},
	{"indian", "India"}, {"indonesian", "Indonesia"}, {"irish", "Ireland"}, {"italian", "Italy"}, {"japanese", "Japan"},
	{"latvian", "Latvia"}, {"lithuanian", "Lithuania"}, {"lu", "Luxembourg"}, {"malaysia", "Malaysia"}, {"mexican", "Mexico"},
	{"dutch", "Netherlands"}, {"new_zealand", "New Zealand"}, {"norwegian", "Norway"}, {"pe", "Peru"}, {"philippines", "Philippines"},
	{"polish", "Poland"}, {"portuguese", "Portugal"}, {"romanian", "Romania"}, {"rs", "Serbia"}, {"singapore", "Singapore"},
	{"slovak", "Slovakia"}, {"slovenian", "Slovenia"}, {"sa", "South Africa"}, {"south_korea", "South Korea"}, {"spain", "Spain"},
	{"swedish", "Sweden"}, {"ch", "Switzerland"}, {"taiwan", "Taiwan"}, {"th", "Thailand"}, {"turkish", "Türkiye"},
	{"ukrainian", "Ukraine"}, {"ae", "United Arab Emirates"}, {"uk", "United Kingdom"}, {"usa", "United States"}, {"vietnamese", "Vietnam"},
}
