package ticket

import (
	"regexp"
	"strings"
)

// origin says whose words a piece of a message is, and so how far it is believed.
type origin int

const (
	ofField    origin = iota // a titled field or a table's cell: the desk's own
	ofFooter                 // a line of labels in a footer: the same
	ofLine                   // a line of the desk's own text
	ofDoubt                  // quoted, code, a preview, or after the customer's words have begun
	ofCustomer               // a subject, a description
)

// fact is a labelled value.
type fact struct {
	labelled
	value  string
	origin origin
	in     *flow // the text that it is in; nil: it is by itself
	words  bool  // a description has begun before it
	quoted bool
}

// piece is a line as patterns see it.
type piece struct {
	text   string
	origin origin
	theirs int // so much of its end is the customer's, by the pattern for subjects
}

// part is what belongs together in a message: the message itself, an attachment, a card, a table's row.
type part struct {
	shape     string // what it is made of: parts of the same shape say the same of different tickets
	facts     []fact
	pieces    []piece
	addresses []address
	headline  []headline
	title     string
	titleOf   string // the ticket that the title leads to; "": it is the part's own
	author    string
	headed    string // the ticket that a headline, a title or a button leads to
}

// own is the text of the part that is not the customer's, fields first.
func (p *part) own() string {
	return p.text(func(piece piece) string {
		if piece.origin == ofCustomer {
			return ""
		}
		return piece.text[:len(piece.text)-piece.theirs]
	})
}

// all is the whole text of the part, fields first.
func (p *part) all() string { return p.text(func(piece piece) string { return piece.text }) }

func (p *part) text(of func(piece) string) string {
	var b strings.Builder
	for _, inFields := range []bool{true, false} {
		for _, piece := range p.pieces {
			if s := of(piece); s != "" && (piece.origin == ofField) == inFields {
				b.WriteString(s)
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// cede leaves to the customer what a configured pattern takes for the subject, to the end of its line.
func (p *part) cede(subject *regexp.Regexp) {
	for i, piece := range p.pieces {
		if at := subject.FindStringSubmatchIndex(piece.text); at != nil && at[2] > 0 {
			p.pieces[i].theirs = len(piece.text) - at[2]
		}
	}
}

// addressesOwn and addressesAll are where the part leads, a line each.
func (p *part) addressesOwn() string { return p.addressText(ofDoubt) }
func (p *part) addressesAll() string { return p.addressText(ofCustomer) }

func (p *part) addressText(most origin) string {
	var b strings.Builder
	for _, a := range p.addresses {
		if a.origin <= most {
			b.WriteString(a.url)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// headline is one of the first lines of a part: how the desk announces what it posts.
type headline struct {
	text  string // with ref in the place of a subject that leads to the ticket
	surer bool   // it is set as one: a header, a text before the rest
	title bool   // it is set as a title, and may be a subject
}

func (p *part) made(of string) {
	const most = 1 << 10 // bytes: what begins alike for so long is alike
	if len(p.shape) < most {
		p.shape += of + " "
	}
}

// field takes in a titled value in Slack's markup.
func (p *part) field(title, value string) {
	title, _ = inlined(title)
	text, found := inlined(value)
	p.titledValue(title, text, found)
}

func (p *part) titledValue(title, value string, found []address) {
	n, rank := titled(title)
	if n == nameOther && isID(title, value) {
		n, rank = nameID, leastID
	}
	o := ofField
	if ofCustomers(n) {
		o = ofCustomer
	}
	p.link(o, found...)
	l := labelled{name: n, rank: rank, ticket: strings.HasPrefix(squeeze(title), "ticket")}
	p.facts = append(p.facts, fact{labelled: l, value: value, origin: ofField})
	words := value
	if name := strings.Trim(title, " :*_："); name != "" {
		words = name + ": " + value
	}
	p.pieces = append(p.pieces, piece{text: words, origin: o})
	p.made("field:" + squeeze(title))
}

// leastID is the rank of an id whose title is that of the ticket as a whole.
const leastID = 9

// isID says that a title which may mean anything of a ticket is that of its id: "Ticket: 42".
func isID(title, value string) bool {
	switch squeeze(strings.TrimRight(title, " :*_`~：")) {
	case "ticket", "case", "request", "incident", "conversation":
		id, ok := fitID(value)
		return ok && strings.ContainsAny(id, "0123456789")
	case "number", "no", "id", "key", "reference", "ref":
		id, ok := fitID(value)
		return ok && lettered.MatchString(id)
	}
	return false
}

// lettered is an id that says of itself that it is one: INC0012345, SUP-12.
var lettered = regexp.MustCompile(`^[A-Z]{2,10}-?[0-9]{2,}$`)

// inlined is a value of several lines on one.
func inlined(value string) (string, []address) {
	var words []string
	var all []address
	for line := range strings.Lines(value) {
		text, found := shown(line, false)
		words = append(words, inOneLine(text))
		all = append(all, found...)
	}
	return strings.TrimSpace(strings.Join(words, " ")), all
}

// keep takes in a line for the patterns.
func (p *part) keep(s string, o origin, found []address) {
	p.link(o, found...)
	if strings.Trim(s, decoration+"<>|") != "" {
		p.pieces = append(p.pieces, piece{text: s, origin: o})
	}
}

// takeSubject takes the words out of a line that link a subject to its ticket, and puts ref there: a subject is
// not searched for labels.
func (p *part) takeSubject(s string, found []address) string {
	words, a, id := subjectOf(found)
	if words == "" {
		return s
	}
	if p.title == "" {
		p.title, p.titleOf = words, id
	}
	o := ofCustomer
	if containsWord(words, id) {
		o = ofDoubt // the desk's id comes before the customer's words
	}
	p.pieces = append(p.pieces, piece{text: a.label, origin: o})
	before, after, _ := strings.Cut(s, a.label)
	return before + ref + after
}

// head takes in a title, in which the desk's words and the customer's are mixed. An id may be in it.
func (p *part) head(s string, found ...address) {
	s = strings.TrimSpace(s)
	if s == "" {
		return
	}
	if p.title == "" {
		p.title = s
	}
	p.keep(s, ofDoubt, found)
	l, ok := label(s)
	if !ok || l.name != nameID {
		_, l, _, ok = nextLabel(s, inText)
	}
	if ok && l.name == nameID {
		value, _, _, _ := nextLabel(l.rest, inLine)
		p.facts = append(p.facts, fact{labelled: l, value: value, origin: ofDoubt})
	}
}

func (p *part) link(o origin, found ...address) {
	for _, a := range found {
		a.origin = o
		p.addresses = append(p.addresses, a)
		if id, ok := deskTicket(a); ok && a.sure && p.headed == "" {
			p.headed = id
		}
	}
}
