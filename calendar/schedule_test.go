package calendar_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
)

var (
	ana   = calendar.Engineer{Name: "Ana Silva", Aliases: []string{"Ana"}, Slack: "U0ANA", Email: "ana@example.com", Products: []string{"Auth"}}
	bob   = calendar.Engineer{Name: "Bob Lee", Aliases: []string{"Bob"}, Slack: "U0BOB", Email: "bob@example.com", Products: []string{"Storage"}}
	carla = calendar.Engineer{Name: "Carla", Slack: "U0CARLA", Email: "carla@example.com"}
)

func rules() calendar.Rules {
	r := calendar.DefaultRules()
	r.Engineers = []calendar.Engineer{ana, bob, carla}
	r.Products = map[string][]string{"Auth": {"login"}, "Edge Functions": nil}
	return r
}

// at reads a time as 2026-03-10 09:00, in UTC.
func at(t *testing.T, text string) time.Time { return in(t, time.UTC, text) }

func in(t *testing.T, zone *time.Location, text string) time.Time {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// event lasts from 09:00 to 17:00 of 2026-03-10, unless given otherwise.
func event(t *testing.T, title string, change ...func(*calendar.Event)) calendar.Event {
	e := calendar.Event{Title: title, Start: at(t, "2026-03-10 09:00"), End: at(t, "2026-03-10 17:00")}
	for _, f := range change {
		f(&e)
	}
	return e
}

func lasting(from, to time.Time) func(*calendar.Event) {
	return func(e *calendar.Event) { e.Start, e.End = from, to }
}

func guests(emails ...string) func(*calendar.Event) {
	return func(e *calendar.Event) {
		for _, email := range emails {
			e.Attendees = append(e.Attendees, calendar.Attendee{Email: email})
		}
	}
}

func declined(email string) func(*calendar.Event) {
	return func(e *calendar.Event) {
		e.Attendees = append(e.Attendees, calendar.Attendee{Email: email, Declined: true})
	}
}

func organizer(email string) func(*calendar.Event) {
	return func(e *calendar.Event) { e.Organizer = email }
}

func outOfOffice(e *calendar.Event) { e.Kind = calendar.OutOfOffice }
func otherKind(e *calendar.Event)   { e.Kind = calendar.Other }
func free(e *calendar.Event)        { e.Free = true }

// schedule matches events that were read half an hour before now, days around it included.
func schedule(r calendar.Rules, now time.Time, events ...calendar.Event) calendar.Schedule {
	return r.Schedule(calendar.Reading{
		ReadAt: now.Add(-30 * time.Minute), From: now.AddDate(0, 0, -7), To: now.AddDate(0, 0, 7), Events: events,
	})
}

// who is a roster in the shape the tests compare: names, and for the embedded their products.
type who struct {
	OnShift, Away []string
	Embedded      map[string][]string
	Unresolved    []string
}

func summary(s calendar.Schedule, r calendar.Roster) who {
	var w who
	for _, e := range r.OnShift {
		w.OnShift = append(w.OnShift, e.Name)
	}
	for _, e := range r.Away {
		w.Away = append(w.Away, e.Name)
	}
	for _, e := range r.Embedded {
		if w.Embedded == nil {
			w.Embedded = map[string][]string{}
		}
		w.Embedded[e.Name] = e.Products
	}
	for _, u := range s.Unresolved {
		w.Unresolved = append(w.Unresolved, u.Title)
	}
	return w
}

func TestWhatEventsMean(t *testing.T) {
	tests := map[string]struct {
		events []calendar.Event
		now    string // 2026-03-10 12:00 if empty
		want   who
	}{
		"an event puts its people on shift while it lasts": {
			events: []calendar.Event{event(t, "Ana on-shift")},
			want:   who{OnShift: []string{"Ana Silva"}},
		},
		"an event counts from its first instant": {
			events: []calendar.Event{event(t, "Ana on-shift")}, now: "2026-03-10 09:00",
			want: who{OnShift: []string{"Ana Silva"}},
		},
		"an event does not count before it": {
			events: []calendar.Event{event(t, "Ana on-shift")}, now: "2026-03-10 08:59",
			want: who{},
		},
		"an event's end is exclusive": {
			events: []calendar.Event{event(t, "Ana on-shift")}, now: "2026-03-10 17:00",
			want: who{},
		},
		"an embedding event embeds, and is a shift too": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob"), event(t, "Ana on-shift")},
			want:   who{OnShift: []string{"Ana Silva", "Bob Lee"}, Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"embedded lasts all support day, the shift only as long as the event": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob")}, now: "2026-03-11 01:59",
			want: who{Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"embedded from the support day's start, before the event": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob")}, now: "2026-03-10 02:00",
			want: who{Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"not embedded before the support day": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob")}, now: "2026-03-10 01:59",
			want: who{},
		},
		"not embedded after the support day": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob")}, now: "2026-03-11 02:00",
			want: who{},
		},
		"an event that ends exactly when the support day starts does not overlap it": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-09 22:00"), at(t, "2026-03-10 02:00")))},
			want:   who{},
		},
		"an event that ends a minute into the support day overlaps it": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-09 22:00"), at(t, "2026-03-10 02:01")))},
			want:   who{Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"an event that starts exactly when the support day ends does not overlap it": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-11 02:00"), at(t, "2026-03-11 03:00")))},
			want:   who{},
		},
		"a week's block embeds on every day of it": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-09 00:00"), at(t, "2026-03-14 00:00")))}, now: "2026-03-13 23:00",
			want: who{OnShift: []string{"Bob Lee"}, Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"an event of no length embeds in the day it lies in": {
			events: []calendar.Event{event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-10 02:00"), at(t, "2026-03-10 02:00")))},
			want:   who{Embedded: map[string][]string{"Bob Lee": {"Auth"}}},
		},
		"away takes off shift": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana sick")},
			want:   who{Away: []string{"Ana Silva"}},
		},
		"away takes off being embedded": {
			events: []calendar.Event{event(t, "Embedded: Auth - Ana"), event(t, "Ana PTO")},
			want:   who{Away: []string{"Ana Silva"}},
		},
		"away only while it lasts": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana sick", lasting(at(t, "2026-03-10 09:00"), at(t, "2026-03-10 12:00")))},
			want:   who{OnShift: []string{"Ana Silva"}},
		},
		"a title that says both away and embedded is away": {
			events: []calendar.Event{event(t, "Ana on holiday, back embedded next week")},
			want:   who{Away: []string{"Ana Silva"}},
		},
		"Google's out-of-office is away, whatever its title": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana: dentist", outOfOffice)},
			want:   who{Away: []string{"Ana Silva"}},
		},
		"an out-of-office that names nobody is its organizer's": {
			events: []calendar.Event{event(t, "Out of office", outOfOffice, organizer("Ana@Example.com"))},
			want:   who{Away: []string{"Ana Silva"}},
		},
		"a shift that names nobody is not its organizer's": {
			events: []calendar.Event{event(t, "Late shift", organizer("ana@example.com"))},
			want:   who{Unresolved: []string{"Late shift"}},
		},
		"ignored events do nothing": {
			events: []calendar.Event{event(t, "Ana's birthday"), event(t, "Birthday of somebody")},
			want:   who{},
		},
		"ignored events take nobody off shift": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana's birthday, out of office", outOfOffice)},
			want:   who{OnShift: []string{"Ana Silva"}},
		},
		"free and other kinds of events are skipped": {
			events: []calendar.Event{event(t, "Bob on-shift", free), event(t, "Carla at the office", otherKind), event(t, "Nobody known", free)},
			want:   who{},
		},
		"a free absence is skipped too": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana on holiday", free)},
			want:   who{OnShift: []string{"Ana Silva"}},
		},
		"somebody in several events is listed once": {
			events: []calendar.Event{event(t, "Ana on-shift"), event(t, "Ana and Bob on-call")},
			want:   who{OnShift: []string{"Ana Silva", "Bob Lee"}},
		},
		"somebody embedded several times a day works on all of it": {
			events: []calendar.Event{
				event(t, "Embedded: Edge Functions - Bob"),
				event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-10 20:00"), at(t, "2026-03-10 21:00"))),
				event(t, "Embedded: Auth - Bob", lasting(at(t, "2026-03-10 22:00"), at(t, "2026-03-10 23:00"))),
			},
			want: who{OnShift: []string{"Bob Lee"}, Embedded: map[string][]string{"Bob Lee": {"Auth", "Edge Functions"}}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.now == "" {
				test.now = "2026-03-10 12:00"
			}
			now := at(t, test.now)
			s := schedule(rules(), now, test.events...)
			if diff := cmp.Diff(test.want, summary(s, s.At(now, time.Hour))); diff != "" {
				t.Errorf("roster (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPeopleAndProducts(t *testing.T) {
	named := rules()
	named.Embedded = regexp.MustCompile(`(?i)^embedded: (?P<product>[^-]*)- (?P<name>[^,]*)`)
	onShift := func(names ...string) who { return who{OnShift: names} }
	embedded := func(name string, products ...string) who {
		return who{OnShift: []string{name}, Embedded: map[string][]string{name: products}}
	}
	tests := map[string]struct {
		rules calendar.Rules
		event calendar.Event
		want  who
	}{
		"a guest's e-mail, in any case":                {event: event(t, "On-call", guests("ANA@example.com")), want: onShift("Ana Silva")},
		"guests come before the title":                 {event: event(t, "Bob's shift, taken over", guests("ana@example.com")), want: onShift("Ana Silva")},
		"guests we do not know leave it to the title":  {event: event(t, "Bob's shift", guests("room-1@example.com")), want: onShift("Bob Lee")},
		"all guests count":                             {event: event(t, "On-call", guests("ana@example.com", "bob@example.com")), want: onShift("Ana Silva", "Bob Lee")},
		"who declined is not on shift":                 {event: event(t, "On-call", guests("ana@example.com"), declined("bob@example.com")), want: onShift("Ana Silva")},
		"who declined is not, although the title says": {event: event(t, "Bob on-shift", declined("bob@example.com")), want: who{}},
		"who declined leaves the others of the title":  {event: event(t, "Ana / Bob", declined("bob@example.com")), want: onShift("Ana Silva")},

		"a name":                              {event: event(t, "Carla on-shift"), want: onShift("Carla")},
		"an alias":                            {event: event(t, "Bob on-shift"), want: onShift("Bob Lee")},
		"any case":                            {event: event(t, "BOB LEE ON-SHIFT"), want: onShift("Bob Lee")},
		"two in one title":                    {event: event(t, "On-call: Carla / Bob"), want: onShift("Bob Lee", "Carla")},
		"a possessive":                        {event: event(t, "Carla’s shift"), want: onShift("Carla")},
		"part of a longer word is nobody":     {event: event(t, "Anastasia on-shift"), want: who{Unresolved: []string{"Anastasia on-shift"}}},
		"the end of a longer word is nobody":  {event: event(t, "Havana on-shift"), want: who{Unresolved: []string{"Havana on-shift"}}},
		"a letter with an accent is a letter": {event: event(t, "Anaïs on-shift"), want: who{Unresolved: []string{"Anaïs on-shift"}}},
		"an accent of its own is a letter's":  {event: event(t, "Ana\u0331 on-shift"), want: who{Unresolved: []string{"Ana\u0331 on-shift"}}},
		"half a name is nobody":               {event: event(t, "Silva on-shift"), want: who{Unresolved: []string{"Silva on-shift"}}},
		"no title at all":                     {event: event(t, ""), want: who{Unresolved: []string{""}}},
		"the longest name wins": {
			rules: with(rules(), calendar.Engineer{Name: "Ana Silva Souza"}),
			event: event(t, "Ana Silva Souza on-shift"), want: onShift("Ana Silva Souza"),
		},
		"the longest name wins, and the shorter still counts elsewhere": {
			rules: with(rules(), calendar.Engineer{Name: "Ana Souza"}),
			event: event(t, "Ana Souza, then Ana"), want: onShift("Ana Silva", "Ana Souza"),
		},
		"names are Unicode": {
			rules: with(rules(), calendar.Engineer{Name: "Žofie Ångström"}),
			event: event(t, "ŽOFIE ÅNGSTRÖM on-shift"), want: onShift("Žofie Ångström"),
		},
		"accents may be encoded apart": {
			rules: with(rules(), calendar.Engineer{Name: "José"}),
			event: event(t, "Jose\u0301 on-shift"), want: onShift("José"),
		},
		"an alias that two share means both": {
			rules: with(rules(), calendar.Engineer{Name: "Bob Ray", Aliases: []string{"Bob"}}),
			event: event(t, "Bob on-shift"), want: onShift("Bob Lee", "Bob Ray"),
		},
		"a name without a letter is nobody's": {
			rules: with(rules(), calendar.Engineer{Name: "Zed", Aliases: []string{"-"}}),
			event: event(t, "On-shift"), want: who{Unresolved: []string{"On-shift"}},
		},

		"a product by its name":                      {event: event(t, "Embedded: edge functions - Bob"), want: embedded("Bob Lee", "Edge Functions")},
		"a product by one of its words":              {event: event(t, "Bob embedded (login)"), want: embedded("Bob Lee", "Auth")},
		"a product by one engineer's own list":       {event: event(t, "Embedded: storage - Ana"), want: embedded("Ana Silva", "Storage")},
		"two products":                               {event: event(t, "Embedded: Storage, Auth - Bob"), want: embedded("Bob Lee", "Auth", "Storage")},
		"a product as a whole word only":             {event: event(t, "Embedded: Authors - Bob"), want: embedded("Bob Lee", "Storage")},
		"no product: the engineer's own":             {event: event(t, "Embedded - Bob"), want: embedded("Bob Lee", "Storage")},
		"no product, and none of their own":          {event: event(t, "Embedded - Carla"), want: embedded("Carla")},
		"the product group, not the rest":            {rules: named, event: event(t, "Embedded: login - Bob, not Storage"), want: embedded("Bob Lee", "Auth")},
		"the product group may name another":         {rules: named, event: event(t, "Embedded: Realtime - Bob"), want: embedded("Bob Lee", "Realtime")},
		"an empty product group: the engineer's own": {rules: named, event: event(t, "Embedded: - Bob"), want: embedded("Bob Lee", "Storage")},
		"the name group, not the rest":               {rules: named, event: event(t, "Embedded: Auth - Bob, for Ana"), want: embedded("Bob Lee", "Auth")},
		"the name group names nobody":                {rules: named, event: event(t, "Embedded: Auth - Zoe, for Ana"), want: who{Unresolved: []string{"Embedded: Auth - Zoe, for Ana"}}},
		"an empty name group: the whole title":       {rules: named, event: event(t, "Embedded: Auth - , Bob"), want: embedded("Bob Lee", "Auth")},
		"a product is spelled as under products": {
			rules: with(rules(), calendar.Engineer{Name: "Dan", Products: []string{"AUTH", "edge functions"}}),
			event: event(t, "Embedded: auth, EDGE functions - Bob"), want: embedded("Bob Lee", "Auth", "Edge Functions"),
		},
		"guests come before the name group": {rules: named, event: event(t, "Embedded: Auth - Bob", guests("carla@example.com")), want: embedded("Carla", "Auth")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.rules.Engineers == nil {
				test.rules = rules()
			}
			now := at(t, "2026-03-10 12:00")
			s := schedule(test.rules, now, test.event)
			if diff := cmp.Diff(test.want, summary(s, s.At(now, time.Hour))); diff != "" {
				t.Errorf("roster (-want +got):\n%s", diff)
			}
		})
	}
}

func with(r calendar.Rules, e calendar.Engineer) calendar.Rules {
	r.Engineers = append(r.Engineers, e)
	return r
}

func TestAnUnresolvedEventIsReportedWithItsTimes(t *testing.T) {
	now := at(t, "2026-03-10 12:00")
	s := schedule(rules(), now, event(t, "Zoe on-shift"))
	want := []calendar.Unresolved{{Title: "Zoe on-shift", Start: at(t, "2026-03-10 09:00"), End: at(t, "2026-03-10 17:00")}}
	if diff := cmp.Diff(want, s.Unresolved); diff != "" {
		t.Errorf("unresolved (-want +got):\n%s", diff)
	}
}

func TestARosterCarriesEngineersInFull(t *testing.T) {
	now := at(t, "2026-03-10 12:00")
	s := schedule(rules(), now, event(t, "Embedded: Storage - Ana"), event(t, "Carla, Bob"), event(t, "Carla sick"))
	got := s.At(now, time.Hour)
	want := calendar.Roster{
		At: now, AsOf: now.Add(-30 * time.Minute),
		OnShift:  []calendar.Engineer{ana, bob},
		Embedded: []calendar.Embedded{{Engineer: ana, Products: []string{"Storage"}}},
		Away:     []calendar.Engineer{carla},
		Shifts: map[string]calendar.Shift{
			"Ana Silva": {Title: "Embedded: Storage - Ana", Start: at(t, "2026-03-10 09:00"), End: at(t, "2026-03-10 17:00")},
			"Bob Lee":   {Title: "Carla, Bob", Start: at(t, "2026-03-10 09:00"), End: at(t, "2026-03-10 17:00")},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("roster (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]calendar.Engineer{bob}, got.NonEmbedded()); diff != "" {
		t.Errorf("non-embedded (-want +got):\n%s", diff)
	}
}

func TestHowLongAScheduleIsOfUse(t *testing.T) {
	read := at(t, "2026-03-10 08:00")
	s := rules().Schedule(calendar.Reading{
		ReadAt: read, From: at(t, "2026-03-09 02:00"), To: at(t, "2026-03-12 02:00"),
		Events: []calendar.Event{
			event(t, "Ana on-shift"),
			event(t, "Bob on-shift", lasting(at(t, "2026-03-10 17:00"), at(t, "2026-03-11 01:00"))),
		},
	})
	tests := map[string]struct {
		schedule calendar.Schedule
		now      string
		stale    time.Duration
		want     []string // nil: not usable
	}{
		"an old one knows the shift changes since": {s, "2026-03-10 18:00", 12 * time.Hour, []string{"Bob Lee"}},
		"until it is stale, inclusive":             {s, "2026-03-10 20:00", 12 * time.Hour, []string{"Bob Lee"}},
		"and no longer":                            {s, "2026-03-10 20:01", 12 * time.Hour, nil},
		"nor beyond what was read":                 {s, "2026-03-12 02:00", 100 * time.Hour, nil},
		"nor before it":                            {s, "2026-03-09 01:59", 12 * time.Hour, nil},
		"never read":                               {calendar.Schedule{}, "2026-03-10 18:00", 12 * time.Hour, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := test.schedule.At(at(t, test.now), test.stale)
			if usable := !r.AsOf.IsZero(); usable != (test.want != nil) {
				t.Fatalf("AsOf = %v", r.AsOf)
			}
			if diff := cmp.Diff(test.want, summary(s, r).OnShift); diff != "" {
				t.Errorf("on shift (-want +got):\n%s", diff)
			}
		})
	}
}
