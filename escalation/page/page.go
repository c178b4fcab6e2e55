package page

import (
	"slices"
	"strings"
)

// Page is a configured way of waking somebody.
type Page struct {
	Name    string
	Queue   string // the queue that its jobs run in
	Only    Only
	Trigger Call
	Resolve *Call // made once the ticket is answered or closed; nil: nothing is to be taken back
}

// Only are conditions on the ticket. An empty list asks for nothing.
type Only struct {
	Priority []string
	Type     []string
}

// Meets says whether a ticket of this priority and type is one to page for. Case makes no difference.
func (o Only) Meets(priority, ticketType string) bool {
	return among(o.Priority, priority) && among(o.Type, ticketType)
}

func among(wanted []string, word string) bool {
	word = strings.TrimSpace(word)
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(strings.TrimSpace(w), word) })
}

// References are the environment variables that the page needs.
func (p Page) References() []string {
	names := p.Trigger.References()
	if p.Resolve != nil {
		for _, name := range p.Resolve.References() {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
