package helpdesk

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// The kinds that the program itself speaks of.
const (
	HTTPKind = "http" // the default
	NoneKind = "none"
)

// Kind is all that the program has to know of one kind of help desk. The configuration, the environment,
// the webhooks' routes and the tables in the documentation follow from it.
type Kind struct {
	Name      string // help_desk.kind, and the last part of its webhook's path
	Title     string // what people call it
	Variables []Variable
	New       func(Reach) (desk.HelpDesk, error) // it asks nothing yet
	webhook   func(secret) Inbound               // nil: it reports nothing by itself
	Statuses  []StatusWord                       // its words for the state of a ticket
	Tells     []desk.FactKind                    // what it reports beside whether somebody has replied

	// Addresses are those that the desk shows its tickets under. Links read out of messages lead there
	// and nowhere else.
	Addresses func(get func(name string) string) []string
}

// Hosts are the names of the hosts that the kind's tickets are shown at.
func (k Kind) Hosts(get func(name string) string) (hosts []string) {
	if k.Addresses == nil {
		return nil
	}
	for _, address := range k.Addresses(get) {
		if u, err := url.Parse(strings.TrimSpace(address)); err == nil && u.Hostname() != "" {
			hosts = append(hosts, strings.ToLower(u.Hostname()))
		}
	}
	return hosts
}

// Kinds are the help desks that there are.
func Kinds() []Kind {
	return []Kind{zendeskKind(), freshdeskKind(), intercomKind(), rtKind(), httpKind(), noneKind()}
}

// Says is what the kind reports of tickets and what it does not, in words.
func (k Kind) Says() string {
	var tells, silent []string
	for _, f := range desk.FactKinds() {
		if slices.Contains(k.Tells, f) {
			tells = append(tells, f.Words())
		} else {
			silent = append(silent, f.Words())
		}
	}
	says := "it tells " + strings.Join(tells, ", ")
	if len(silent) > 0 {
		says += "; it does not tell " + strings.Join(silent, ", ")
	}
	return says + "."
}

// Find is the kind of that name.
func Find(name string) (k Kind, ok bool) {
	kinds := Kinds()
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

// Missing are the variables that the kind needs and that are not set.
func (k Kind) Missing(get func(name string) string) []Variable {
	return slices.DeleteFunc(slices.Clone(k.Variables), func(v Variable) bool {
		return get(v.Name) != "" || v.Needed != nil && !v.Needed(get)
	})
}

// Variable is one variable of the environment that says how a desk is reached.
type Variable struct {
	Name   string
	Help   string                                  // what it is, and where to find it; whole sentences
	Needed func(get func(name string) string) bool // nil: always
	Check  func(value string) Flaw                 // nil: any value will do
}

// Flaw is what is wrong with a variable's value; zero: nothing. It holds no secret.
type Flaw struct {
	What string // is wrong, without a full stop
	Fix  string // what would be right
}

func optional(func(string) string) bool { return false }

// unless: the variable is needed where the other is not set.
func unless(other string) func(func(string) string) bool {
	return func(get func(string) string) bool { return get(other) == "" }
}

// given: the variable is needed where the other is set.
func given(other string) func(func(string) string) bool {
	return func(get func(string) string) bool { return get(other) != "" }
}

// addressed is the check of a variable that holds a whole address. It is not quoted: some carry a key.
func addressed(example string) func(string) Flaw {
	return func(value string) Flaw {
		if webAddress(value) {
			return Flaw{}
		}
		return Flaw{"is no web address", "Write it in full, such as " + example + "."}
	}
}

// Reach is what a desk is made of.
type Reach struct {
	Get        func(name string) string // the kind's variables
	Now        func() time.Time
	Registerer prometheus.Registerer
	Transport  http.RoundTripper // nil: one of its own
}

func (r Reach) get(name string) string { return strings.TrimSpace(r.Get(name)) }

// Inbounds are the webhooks of all desks by the last part of their path, /helpdesk/{zendesk,…}. All
// know one secret, HELPDESK_WEBHOOK_SECRET; without one they refuse everything.
func Inbounds(shared string) map[string]Inbound {
	inbounds := map[string]Inbound{}
	for _, k := range Kinds() {
		if k.webhook != nil {
			inbounds[k.Name] = k.webhook(secret(strings.TrimSpace(shared)))
		}
	}
	return inbounds
}

func noneKind() Kind {
	return Kind{
		Name: NoneKind, Title: "none",
		New: func(Reach) (desk.HelpDesk, error) { return none{}, nil },
	}
}

// none is for a team without a help desk: people say in the thread when a ticket is done.
type none struct{}

// Ask answers about every ticket that there is nobody to ask.
func (none) Ask(_ context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	answers := make(map[string]desk.Answer, len(qs))
	for _, q := range qs {
		answers[q.TicketID] = desk.Answer{Status: desk.None}
	}
	return answers, nil
}
