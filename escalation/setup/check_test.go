package setup_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
)

// problems are what is wrong with a body in workspace team, whose file is file() and where bob was set up.
func problems(t *testing.T, scope string, body setup.Body) map[string]string {
	t.Helper()
	b := newBook(t, with(t, map[string]setup.Body{"engineer/U0BOB": bob, "channel/C0OWN": setup.Channel{Tiers: tiers}}))
	b.SetBase(file(), "")
	return b.Check(team, scope, body).ByField()
}

// expect compares problems with wanted words by field: each message must contain them.
func expect(t *testing.T, want, got map[string]string) {
	t.Helper()
	for field, message := range got {
		if words, ok := want[field]; !ok {
			t.Errorf("%s: unexpected: %s", field, message)
		} else if !strings.Contains(message, words) {
			t.Errorf("%s: %q does not say %q", field, message, words)
		}
	}
	for field := range want {
		if _, ok := got[field]; !ok {
			t.Errorf("%s: nothing is said of it", field)
		}
	}
}

func TestAChannelIsCheckedFieldByField(t *testing.T) {
	tier := func(after time.Duration, notify ...string) policy.Tier {
		return policy.Tier{After: after, Notify: notify}
	}
	one := func(t policy.Tier) setup.Channel { return setup.Channel{Tiers: []policy.Tier{t}} }
	says := func(message string) setup.Channel {
		return one(policy.Tier{After: time.Hour, Notify: []string{"here"}, Message: message})
	}
	var many, most []policy.Tier
	for i := range 9 {
		many = append(many, tier(time.Duration(i+1)*time.Minute, "here"))
	}
	most = many[:8]
	var crowd []string
	for i := range 11 {
		crowd = append(crowd, fmt.Sprintf("U0CROWD%d", i))
	}
	tests := map[string]struct {
		channel setup.Channel
		want    map[string]string
	}{
		"the default policy":           {setup.Channel{}, nil},
		"a policy of the file":         {setup.Channel{Policy: "urgent"}, nil},
		"a policy nobody knows":        {setup.Channel{Policy: "gold"}, map[string]string{"policy": `no policy "gold". Choose one of enterprise, teams, urgent`}},
		"another channel's own policy": {setup.Channel{Policy: "custom/C0OWN"}, map[string]string{"policy": "no policy"}},
		"a policy and tiers":           {setup.Channel{Policy: "teams", Tiers: tiers}, map[string]string{"policy": "not both"}},
		"eight tiers":                  {setup.Channel{Tiers: most}, nil},
		"nine tiers":                   {setup.Channel{Tiers: many}, map[string]string{"tiers": "8 tiers are the most"}},

		"by priority":                        {setup.Channel{ByPriority: map[string]string{"high": "urgent"}}, nil},
		"by priority, beside tiers":          {setup.Channel{Tiers: tiers, ByPriority: map[string]string{"high": "urgent"}}, nil},
		"by priority, a policy nobody knows": {setup.Channel{ByPriority: map[string]string{"high": "gold"}}, map[string]string{"by_priority": `no policy "gold"`}},
		"by priority, twice":                 {setup.Channel{ByPriority: map[string]string{"high": "urgent", "HIGH": "teams"}}, map[string]string{"by_priority": "twice"}},
		"by priority, without a name":        {setup.Channel{ByPriority: map[string]string{" ": "urgent"}}, map[string]string{"by_priority": "no name"}},
		"by priority, without a policy":      {setup.Channel{ByPriority: map[string]string{"high": ""}}, map[string]string{"by_priority": "no policy"}},

		"a minute":              {one(tier(time.Minute, "here")), nil},
		"less than a minute":    {one(tier(59*time.Second, "here")), map[string]string{"tier_1_after": "at least a minute"}},
		"more than thirty days": {one(tier(31*24*time.Hour, "here")), map[string]string{"tier_1_after": "at most 30d"}},
		"after it is given up":  {one(tier(30*24*time.Hour, "here")), map[string]string{"tier_1_after": "given up after 30d"}},
		"two tiers at once":     {setup.Channel{Tiers: []policy.Tier{tier(time.Hour, "here"), tier(time.Hour, "here")}}, map[string]string{"tier_2_after": "later than tier 1 (1h)"}},
		"each wrong tier by itself": {
			setup.Channel{Tiers: []policy.Tier{tier(0, "here"), tier(time.Hour), tier(time.Minute, "here")}},
			map[string]string{"tier_1_after": "at least", "tier_2_notify": "Say whom", "tier_3_after": "later than tier 2"},
		},

		"a repetition on the last tier": {setup.Channel{Tiers: tiers}, nil},
		"a repetition too short":        {one(policy.Tier{After: time.Hour, Notify: []string{"here"}, Repeat: time.Second}), map[string]string{"repeat": "at least a minute"}},
		"a repetition on another tier": {
			setup.Channel{Tiers: []policy.Tier{{After: time.Minute, Notify: []string{"here"}, Repeat: time.Hour}, tier(time.Hour, "here")}},
			map[string]string{"repeat": "Only the last"},
		},
		"a deadline":                {setup.Channel{Tiers: tiers, Deadline: time.Hour}, nil},
		"a deadline too short":      {setup.Channel{Tiers: tiers, Deadline: time.Second}, map[string]string{"deadline": "at least a minute"}},
		"a deadline without tiers":  {setup.Channel{Deadline: time.Hour}, map[string]string{"deadline": "goes with tiers"}},
		"a deadline before nothing": {setup.Channel{Tiers: tiers, Deadline: -time.Hour}, map[string]string{"deadline": "at least"}},

		"circles":             {one(tier(time.Hour, "non-embedded", "on-shift", "embedded", "here", "channel")), nil},
		"an alias, any case":  {one(tier(time.Hour, "ana", "@BOB", "Dan")), nil},
		"ids":                 {one(tier(time.Hour, "U0VP", "W0GRID", "S0OPS")), nil},
		"a group's handle":    {one(tier(time.Hour, "@support", "support")), nil},
		"a handle nobody has": {one(tier(time.Hour, "@suport")), map[string]string{"tier_1_notify": "Nobody here is called @suport"}},
		"a word for nobody":   {one(tier(time.Hour, "onshift")), map[string]string{"tier_1_notify": "onshift is nobody"}},
		"one of several":      {one(tier(time.Hour, "here", "zoe", "yan")), map[string]string{"tier_1_notify": "zoe is nobody"}},
		"nobody":              {one(tier(time.Hour)), map[string]string{"tier_1_notify": "Say whom"}},
		"too many":            {one(tier(time.Hour, crowd...)), map[string]string{"tier_1_notify": "10 recipients are the most"}},

		"a message":                {says("{{.Ticket.ID}} waits since {{.Waited}}, {{.Policy}} {{.Tier}}/{{.Tiers}} until {{.Deadline}}"), nil},
		"half a template":          {says("Ticket {{.Ticket.ID"), map[string]string{"tier_1_message": "fields only. Write text and any of {{.Deadline}}, {{.Policy}}, {{.Ticket.Customer}}"}},
		"a field there is not":     {says("{{.Ticket.Color}}"), map[string]string{"tier_1_message": "Color"}},
		"a function there is not":  {says("{{shout .Ticket.ID}}"), map[string]string{"tier_1_message": "shout"}},
		"a message beyond measure": {says(strings.Repeat("x", 1001)), map[string]string{"tier_1_message": "1000 characters"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { expect(t, test.want, problems(t, "channel/C0NEW", test.channel)) })
	}
}

// What goes wrong in a template is said without the words that only its author could use.
func TestATemplatesProblemIsToldPlainly(t *testing.T) {
	for _, message := range []string{"{{.Ticket.Color}}", "{{", "{{.Tier.X}}", "{{index .Ticket 3}}"} {
		got := problems(t, "channel/C0NEW", setup.Channel{Tiers: []policy.Tier{{After: time.Hour, Notify: []string{"here"}, Message: message}}})["tier_1_message"]
		if got == "" || strings.Contains(got, "template:") || strings.Contains(got, "escalation.") && !strings.Contains(got, "type") {
			t.Errorf("%s: %s", message, got)
		}
	}
}

func TestAUserGroupOfAnotherWorkspaceIsNobody(t *testing.T) {
	b := newBook(t, &memory{})
	got := b.Check(other, "channel/C0NEW", setup.Channel{Tiers: tiers}).ByField()
	expect(t, map[string]string{"tier_2_notify": "@support"}, got)
}

func TestAnEngineerIsCheckedFieldByField(t *testing.T) {
	zoe := func(change func(*setup.Engineer)) setup.Engineer {
		e := setup.Engineer{Name: "Zoe", Slack: "U0ZOE", Aliases: []string{"Zo"}, Email: "zoe@example.com", Products: []string{"Auth"}}
		change(&e)
		return e
	}
	tests := map[string]struct {
		scope    string // engineer/U0ZOE if empty
		engineer setup.Engineer
		want     map[string]string
	}{
		"somebody new":          {"", zoe(func(*setup.Engineer) {}), nil},
		"least of all":          {"", setup.Engineer{Name: "Zoe", Slack: "U0ZOE"}, nil},
		"changed, as they are":  {"engineer/U0BOB", bob, nil},
		"nobody chosen":         {"", zoe(func(e *setup.Engineer) { e.Slack = "" }), map[string]string{"user": "Choose who"}},
		"somebody else's scope": {"", zoe(func(e *setup.Engineer) { e.Slack = "U0YAN" }), map[string]string{"user": "somebody else"}},
		"set in the file":       {"engineer/U0ANA", zoe(func(e *setup.Engineer) { e.Slack = "U0ANA" }), map[string]string{"user": "slabuddy.yaml"}},

		"no name":                    {"", zoe(func(e *setup.Engineer) { e.Name = " " }), map[string]string{"name": "Write a name"}},
		"a name on two lines":        {"", zoe(func(e *setup.Engineer) { e.Name = "Zoe\nX" }), map[string]string{"name": "one line"}},
		"a name without end":         {"", zoe(func(e *setup.Engineer) { e.Name = strings.Repeat("z", 61) }), map[string]string{"name": "60 characters"}},
		"a name with an @":           {"", zoe(func(e *setup.Engineer) { e.Name = "@zoe" }), map[string]string{"name": "Leave out the @"}},
		"a name without a letter":    {"", zoe(func(e *setup.Engineer) { e.Name = "42" }), map[string]string{"name": "no letter"}},
		"a name that means a circle": {"", zoe(func(e *setup.Engineer) { e.Name = "On shift" }), map[string]string{"name": "meaning of its own"}},
		"another's name":             {"", zoe(func(e *setup.Engineer) { e.Name = "bob lee" }), map[string]string{"name": "Bob Lee's already"}},
		"another's alias as name":    {"", zoe(func(e *setup.Engineer) { e.Name = "ANA" }), map[string]string{"name": "Ana Silva's already"}},

		"another's alias":           {"", zoe(func(e *setup.Engineer) { e.Aliases = []string{"Z", "bob"} }), map[string]string{"aliases": "Bob Lee's already"}},
		"an alias twice":            {"", zoe(func(e *setup.Engineer) { e.Aliases = []string{"Zo", "zo"} }), map[string]string{"aliases": "twice"}},
		"an alias that is the name": {"", zoe(func(e *setup.Engineer) { e.Aliases = []string{"zoe"} }), map[string]string{"aliases": "is the name"}},
		"a circle as alias":         {"", zoe(func(e *setup.Engineer) { e.Aliases = []string{"here"} }), map[string]string{"aliases": "meaning of its own"}},
		"too many aliases":          {"", zoe(func(e *setup.Engineer) { e.Aliases = strings.Split("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u", ",") }), map[string]string{"aliases": "20 aliases"}},

		"no address":        {"", zoe(func(e *setup.Engineer) { e.Email = "Zoe <zoe@example.com>" }), map[string]string{"email": "bare address"}},
		"another's address": {"", zoe(func(e *setup.Engineer) { e.Email = "DAN@example.com" }), map[string]string{"email": "Dan's address"}},
		"an empty product":  {"", zoe(func(e *setup.Engineer) { e.Products = []string{""} }), map[string]string{"products": "each product"}},
		"too many products": {"", zoe(func(e *setup.Engineer) { e.Products = strings.Split("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u", ",") }), map[string]string{"products": "20 products"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.scope == "" {
				test.scope = "engineer/U0ZOE"
			}
			expect(t, test.want, problems(t, test.scope, test.engineer))
		})
	}
}

func TestAnAbsenceIsCheckedFieldByField(t *testing.T) {
	ana, bobby, zoe := setup.Person{Slack: "U0ANA", Name: "Ana Silva"}, setup.Person{Slack: "U0BOB"}, setup.Person{Slack: "U0ZOE", Name: "Zoe"}
	day := 24 * time.Hour
	tests := map[string]struct {
		absence setup.Absence
		want    map[string]string
	}{
		"away":                     {setup.Absence{Kind: setup.Away, Who: ana, From: monday, To: monday.Add(day)}, nil},
		"away since this morning":  {setup.Absence{Kind: setup.Away, Who: ana, From: monday.Add(-5 * time.Hour), To: monday.Add(day)}, nil},
		"a swap":                   {setup.Absence{Kind: setup.Swap, Who: ana, With: bobby, From: monday, To: monday.Add(day)}, nil},
		"neither":                  {setup.Absence{Who: ana, From: monday, To: monday.Add(day)}, map[string]string{"kind": "away, or swaps"}},
		"nobody we know":           {setup.Absence{Kind: setup.Away, Who: zoe, From: monday, To: monday.Add(day)}, map[string]string{"who": "Zoe is not among the engineers"}},
		"with nobody we know":      {setup.Absence{Kind: setup.Swap, Who: ana, With: setup.Person{Slack: "U0X"}, From: monday, To: monday.Add(day)}, map[string]string{"with": "This person is not"}},
		"with oneself":             {setup.Absence{Kind: setup.Swap, Who: ana, With: ana, From: monday, To: monday.Add(day)}, map[string]string{"with": "somebody else"}},
		"away with somebody":       {setup.Absence{Kind: setup.Away, Who: ana, With: bobby, From: monday, To: monday.Add(day)}, map[string]string{"with": "swap shifts"}},
		"the end before the start": {setup.Absence{Kind: setup.Away, Who: ana, From: monday.Add(day), To: monday.Add(day)}, map[string]string{"to": "end after the beginning"}},
		"over already":             {setup.Absence{Kind: setup.Away, Who: ana, From: monday.Add(-5 * time.Hour), To: monday}, map[string]string{"to": "over already"}},
		"long over":                {setup.Absence{Kind: setup.Away, Who: ana, From: monday.Add(-50 * time.Hour), To: monday.Add(-day)}, map[string]string{"from": "over already", "to": "over already"}},
		"no times":                 {setup.Absence{Kind: setup.Away, Who: ana}, map[string]string{"from": "from when", "to": "end after"}},
		"in two years":             {setup.Absence{Kind: setup.Away, Who: ana, From: monday.Add(700 * day), To: monday.Add(701 * day)}, map[string]string{"from": "a year ahead"}},
		"for two years":            {setup.Absence{Kind: setup.Away, Who: ana, From: monday, To: monday.Add(701 * day)}, map[string]string{"to": "more than a year"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { expect(t, test.want, problems(t, test.absence.Scope(), test.absence)) })
	}
}

// An absence in force can be over as of now, and one that is none cannot be entered as over.
func TestAnAbsenceInForceCanEndNow(t *testing.T) {
	ana := setup.Person{Slack: "U0ANA", Name: "Ana Silva"}
	since := setup.Absence{Kind: setup.Away, Who: ana, From: monday.Add(-48 * time.Hour), To: monday.Add(time.Hour)}
	over := since
	over.To = monday
	b := newBook(t, with(t, map[string]setup.Body{since.Scope(): since}))
	b.SetBase(file(), "")
	expect(t, nil, b.Check(team, over.Scope(), over).ByField())
	over.From = over.From.Add(time.Hour)
	expect(t, map[string]string{"from": "over already", "to": "over already"}, b.Check(team, over.Scope(), over).ByField())
}

func TestAPauseAndAdminsAreChecked(t *testing.T) {
	for name, test := range map[string]struct {
		body setup.Body
		want map[string]string
	}{
		"a pause":           {setup.Pause{Until: monday.Add(time.Hour)}, nil},
		"a pause until now": {setup.Pause{Until: monday}, map[string]string{"until": "a time to come"}},
		"a pause for ever":  {setup.Pause{Until: monday.Add(31 * 24 * time.Hour)}, map[string]string{"until": "30d at most"}},
		"admins":            {setup.Admins{Users: []string{hana}}, nil},
		"admins by name":    {setup.Admins{Users: []string{"hana"}}, map[string]string{"users": `"hana" is no member`}},
	} {
		t.Run(name, func(t *testing.T) { expect(t, test.want, problems(t, "pause/C0FILE", test.body)) })
	}
}

func TestProblemsAreAnErrorThatNamesEachField(t *testing.T) {
	p := setup.Problems{{Field: "name", Message: "Write a name."}, {Field: "user", Message: "Choose who it is in Slack."}}
	if diff := cmp.Diff("name: Write a name.; user: Choose who it is in Slack.", p.Error()); diff != "" {
		t.Error(diff)
	}
}
