package calendar_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
)

func TestPeopleAndProducts(t *testing.T) {
	named := matching()
	named.Embedded = regexp.MustCompile(`(?i)^embedded: (?P<product>[^-]*)- (?P<name>[^,]*)`)
	onShift := func(names ...string) who { return who{OnShift: names} }
	embedded := func(name string, products ...string) who {
		return who{OnShift: []string{name}, Embedded: map[string][]string{name: products}}
	}
	tests := map[string]struct {
		matching calendar.Matching
		event    calendar.Event
		want     who
	}{
		"a guest's e-mail, in any case":                {event: event(t, "On-call", guests("ANA@example.com")), want: onShift("Ana Silva")},
		"the title comes before the guests":            {event: event(t, "Bob's shift", guests("ana@example.com")), want: onShift("Bob Lee")},
		"guests, where the title names nobody":         {event: event(t, "Late shift", guests("ana@example.com")), want: onShift("Ana Silva")},
		"guests, where the one in the title declined":  {event: event(t, "On-call: Ana", declined("ana@example.com"), guests("bob@example.com")), want: onShift("Bob Lee")},
		"a group is nobody":                            {event: event(t, "Support EMEA", guests("support-emea@example.com")), want: who{Unresolved: []string{"Support EMEA"}}},
		"guests we do not know leave it to the title":  {event: event(t, "Bob's shift", guests("room-1@example.com")), want: onShift("Bob Lee")},
		"all guests count":                             {event: event(t, "On-call", guests("ana@example.com", "bob@example.com")), want: onShift("Ana Silva", "Bob Lee")},
		"guests, but for whom the title leaves out":    {event: event(t, "Everyone except Bob", guests("ana@example.com", "bob@example.com")), want: onShift("Ana Silva")},
		"everybody except one, and nobody is invited":  {event: event(t, "Everyone except Bob"), want: who{Unresolved: []string{"Everyone except Bob"}}},
		"who declined is not on shift":                 {event: event(t, "On-call", guests("ana@example.com"), declined("bob@example.com")), want: onShift("Ana Silva")},
		"who declined is not, although the title says": {event: event(t, "Bob on-shift", declined("bob@example.com")), want: who{}},
		"who declined leaves the others of the title":  {event: event(t, "Ana / Bob", declined("bob@example.com")), want: onShift("Ana Silva")},

		"a name":                              {event: event(t, "Carla on-shift"), want: onShift("Carla")},
		"an e-mail address":                   {event: event(t, "On-call: ANA@example.com, then bob@example.com."), want: onShift("Ana Silva", "Bob Lee")},
		"a stranger's e-mail address":         {event: event(t, "On-call: zed@example.com"), want: who{Unresolved: []string{"On-call: zed@example.com"}}},
		"an alias":                            {event: event(t, "Bob on-shift"), want: onShift("Bob Lee")},
		"any case, if all is understood":      {event: event(t, "BOB LEE ON-SHIFT"), want: onShift("Bob Lee")},
		"two in one title":                    {event: event(t, "On-call: Carla / Bob"), want: onShift("Bob Lee", "Carla")},
		"a possessive":                        {event: event(t, "Carla’s shift"), want: onShift("Carla")},
		"part of a longer word is nobody":     {event: event(t, "Anastasia on-shift"), want: who{Unresolved: []string{"Anastasia on-shift"}}},
		"the end of a longer word is nobody":  {event: event(t, "Havana on-shift"), want: who{Unresolved: []string{"Havana on-shift"}}},
		"a letter with an accent is a letter": {event: event(t, "Anaïs on-shift"), want: who{Unresolved: []string{"Anaïs on-shift"}}},
		"an accent of its own is a letter's":  {event: event(t, "Ana\u0331 on-shift"), want: who{Unresolved: []string{"Ana\u0331 on-shift"}}},
		"half a name is nobody":               {event: event(t, "Silva on-shift"), want: who{Unresolved: []string{"Silva on-shift"}}},
		"no title at all":                     {event: event(t, ""), want: who{Unresolved: []string{""}}},
		"the longest name wins": {
			matching: with(matching(), calendar.Engineer{Name: "Ana Silva Souza"}),
			event:    event(t, "Ana Silva Souza on-shift"), want: onShift("Ana Silva Souza"),
		},
		"the longest name wins, and the shorter still counts elsewhere": {
			matching: with(matching(), calendar.Engineer{Name: "Ana Souza"}),
			event:    event(t, "Ana Souza, then Ana"), want: onShift("Ana Silva", "Ana Souza"),
		},
		"names are Unicode": {
			matching: with(matching(), calendar.Engineer{Name: "Žofie Ångström"}),
			event:    event(t, "ŽOFIE ÅNGSTRÖM on-shift"), want: onShift("Žofie Ångström"),
		},
		"accents may be encoded apart": {
			matching: with(matching(), calendar.Engineer{Name: "José"}),
			event:    event(t, "Jose\u0301 on-shift"), want: onShift("José"),
		},
		"an alias that two share means both": {
			matching: with(matching(), calendar.Engineer{Name: "Bob Ray", Aliases: []string{"Bob"}}),
			event:    event(t, "Bob on-shift"), want: onShift("Bob Lee", "Bob Ray"),
		},
		"a name without a letter is nobody's": {
			matching: with(matching(), calendar.Engineer{Name: "Zed", Aliases: []string{"-"}}),
			event:    event(t, "On-shift"), want: who{Unresolved: []string{"On-shift"}},
		},

		"a product by its name":                      {event: event(t, "Embedded: edge functions - Bob"), want: embedded("Bob Lee", "Edge Functions")},
		"a product by one of its words":              {event: event(t, "Bob embedded (login)"), want: embedded("Bob Lee", "Auth")},
		"a product by one engineer's own list":       {event: event(t, "Embedded: storage - Ana"), want: embedded("Ana Silva", "Storage")},
		"two products":                               {event: event(t, "Embedded: Storage, Auth - Bob"), want: embedded("Bob Lee", "Auth", "Storage")},
		"a product as a whole word only":             {event: event(t, "Embedded: Authors - Bob"), want: embedded("Bob Lee", "Storage")},
		"no product: the engineer's own":             {event: event(t, "Embedded - Bob"), want: embedded("Bob Lee", "Storage")},
		"no product, and none of their own":          {event: event(t, "Embedded - Carla"), want: embedded("Carla")},
		"the product group, not the rest":            {matching: named, event: event(t, "Embedded: login - Bob, not Storage"), want: embedded("Bob Lee", "Auth")},
		"the product group may name another":         {matching: named, event: event(t, "Embedded: Realtime - Bob"), want: embedded("Bob Lee", "Realtime")},
		"an empty product group: the engineer's own": {matching: named, event: event(t, "Embedded: - Bob"), want: embedded("Bob Lee", "Storage")},
		"the name group, not the rest":               {matching: named, event: event(t, "Embedded: Auth - Bob, for Ana"), want: embedded("Bob Lee", "Auth")},
		"the name group names nobody":                {matching: named, event: event(t, "Embedded: Auth - Zoe, for Ana"), want: who{Unresolved: []string{"Embedded: Auth - Zoe, for Ana"}}},
		"an empty name group: the whole title":       {matching: named, event: event(t, "Embedded: Auth - , Bob"), want: embedded("Bob Lee", "Auth")},
		"a product is spelled as under products": {
			matching: with(matching(), calendar.Engineer{Name: "Dan", Products: []string{"AUTH", "edge functions"}}),
			event:    event(t, "Embedded: auth, EDGE functions - Bob"), want: embedded("Bob Lee", "Auth", "Edge Functions"),
		},
		"the name group comes before the guests":      {matching: named, event: event(t, "Embedded: Auth - Bob", guests("carla@example.com")), want: embedded("Bob Lee", "Auth")},
		"guests, where the name group names nobody":   {matching: named, event: event(t, "Embedded: Auth - Zoe", guests("carla@example.com")), want: embedded("Carla", "Auth")},
		"whom the whole title takes off is not in it": {matching: named, event: event(t, "Embedded: Auth - Bob (sick), Ana"), want: who{OnShift: []string{"Ana Silva"}, Away: []string{"Bob Lee"}, Embedded: map[string][]string{"Ana Silva": {"Auth"}}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.matching.Engineers == nil {
				test.matching = matching()
			}
			now := at(t, "2026-03-10 12:00")
			s := schedule(test.matching, now, test.event)
			if diff := cmp.Diff(test.want, summary(s, s.At(now, time.Hour))); diff != "" {
				t.Errorf("roster (-want +got):\n%s", diff)
			}
		})
	}
}

func with(r calendar.Matching, e calendar.Engineer) calendar.Matching {
	r.Engineers = append(r.Engineers, e)
	return r
}

// roster checks who is on and who is away at noon.
func roster(t *testing.T, r calendar.Matching, want who, events ...calendar.Event) {
	t.Helper()
	now := at(t, "2026-03-10 12:00")
	s := schedule(r, now, events...)
	if diff := cmp.Diff(want, summary(s, s.At(now, time.Hour))); diff != "" {
		t.Errorf("roster (-want +got):\n%s", diff)
	}
}

// Rule 8: whoever made a shift counts only if nobody else is invited to it.
func TestTheOrganiserAmongTheGuests(t *testing.T) {
	lead := organizer("carla@example.com")
	for name, test := range map[string]struct {
		event calendar.Event
		want  who
	}{
		"with others":               {event(t, "On-call", lead, guests("carla@example.com", "bob@example.com")), who{OnShift: []string{"Bob Lee"}}},
		"with others, last":         {event(t, "On-call", lead, guests("bob@example.com", "Carla@Example.com")), who{OnShift: []string{"Bob Lee"}}},
		"with a group":              {event(t, "On-call", lead, guests("carla@example.com", "support@example.com")), who{Unresolved: []string{"On-call"}}},
		"alone":                     {event(t, "On-call", lead, guests("carla@example.com")), who{OnShift: []string{"Carla"}}},
		"alone after one declined":  {event(t, "On-call", lead, guests("carla@example.com"), declined("bob@example.com")), who{OnShift: []string{"Carla"}}},
		"named in the title":        {event(t, "On-call: Carla", lead, guests("carla@example.com", "bob@example.com")), who{OnShift: []string{"Carla"}}},
		"no guest at all":           {event(t, "On-call", lead), who{Unresolved: []string{"On-call"}}},
		"the shift is a calendar's": {event(t, "On-call", organizer("shifts@group.calendar.google.com"), guests("carla@example.com", "bob@example.com")), who{OnShift: []string{"Bob Lee", "Carla"}}},
	} {
		t.Run(name, func(t *testing.T) { roster(t, matching(), test.want, test.event) })
	}
}

// Rule 8: an absence that names nobody is its guests', or that of whose calendar it was made in.
func TestWhoseAbsenceItIs(t *testing.T) {
	creator := func(email string) func(*calendar.Event) { return func(e *calendar.Event) { e.Creator = email } }
	anas := organizer("ana@example.com")
	awayIs := func(names ...string) who { return who{Away: names} }
	for name, test := range map[string]struct {
		event calendar.Event
		want  who
	}{
		"out of office without a title":         {event(t, "", outOfOffice, anas), awayIs("Ana Silva")},
		"out of office, free":                   {event(t, "", outOfOffice, free, anas), awayIs("Ana Silva")},
		"out of office that mentions another":   {event(t, "Visiting Bob", outOfOffice, anas), awayIs("Ana Silva")},
		"out of office, another covers":         {event(t, "OOO, Bob covers", outOfOffice, anas), who{OnShift: []string{"Bob Lee"}, Away: []string{"Ana Silva"}}},
		"out of office, another is to be asked": {event(t, "OOO - please ask Bob", outOfOffice, anas), who{OnShift: []string{"Bob Lee"}, Away: []string{"Ana Silva"}}},
		"out of office in nobody's calendar":    {event(t, "Ana: moving house", outOfOffice, organizer("team@example.com")), awayIs("Ana Silva")},
		"out of office of a guest":              {event(t, "", outOfOffice, guests("ana@example.com")), awayIs("Ana Silva")},
		"out of office by its creator":          {event(t, "", outOfOffice, creator("ana@example.com")), awayIs("Ana Silva")},
		"out of office of a stranger":           {event(t, "OOO", outOfOffice, organizer("zed@example.com")), who{Unresolved: []string{"OOO"}}},
		"a guest":                               {event(t, "Vacation", guests("ana@example.com")), awayIs("Ana Silva")},
		"a guest whom the organiser invited":    {event(t, "Annual leave", organizer("carla@example.com"), guests("carla@example.com", "ana@example.com")), awayIs("Ana Silva")},
		"a guest, another covers":               {event(t, "Urlaub, Vertretung: Bob", guests("ana@example.com", "bob@example.com")), who{OnShift: []string{"Bob Lee"}, Away: []string{"Ana Silva"}}},
		"the organiser, all day and free":       {event(t, "Congés", anas, free), awayIs("Ana Silva")},
		"a cover who is the guest":              {event(t, "Cover for Ana", guests("bob@example.com")), who{OnShift: []string{"Bob Lee"}, Away: []string{"Ana Silva"}}},
		"everybody's holiday is nobody's":       {event(t, "Bank holiday", anas), who{}},
		"nobody's":                              {event(t, "Vacation"), who{Unresolved: []string{"Vacation"}}},
		"one hidden from us":                    {event(t, ""), who{Unresolved: []string{""}}},
	} {
		t.Run(name, func(t *testing.T) { roster(t, matching(), test.want, test.event) })
	}
}

// Patterns of a configuration say more than the words that are known, and the words can be switched off.
func TestConfiguredPatterns(t *testing.T) {
	r := matching()
	r.Away = regexp.MustCompile(`(?i)^x:|gone fishing`)
	r.Ignore = regexp.MustCompile(`(?i)lunch`)
	roster(t, r, who{Away: []string{"Ana Silva"}}, event(t, "X: Ana"))
	roster(t, r, who{OnShift: []string{"Bob Lee"}, Away: []string{"Ana Silva"}}, event(t, "Ana gone fishing, Bob covers"))
	roster(t, r, who{Away: []string{"Ana Silva"}}, event(t, "Ana gone fishing", free))
	roster(t, r, who{Away: []string{"Ana Silva"}}, event(t, "Ana PTO"))
	roster(t, r, who{}, event(t, "Lunch Ana"), event(t, "Bob's birthday"), event(t, "Team lunch, Ana OOO"))

	r.NoAwayWords, r.NoIgnoreWords = true, true
	roster(t, r, who{OnShift: []string{"Ana Silva", "Bob Lee"}}, event(t, "Ana PTO"), event(t, "Bob's birthday"))
	roster(t, r, who{Away: []string{"Ana Silva"}}, event(t, "X: Ana"))
	roster(t, r, who{OnShift: []string{"Bob Lee"}, Away: []string{"Ana Silva"}}, event(t, "Bob covers for Ana"))
}
