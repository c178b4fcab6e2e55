package ticket

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// flow reads the lines of one text after the other, and keeps in mind whose they are:
//
//	head ── a label ──▶ the desk's labels ── a line that is none, or a description ──▶ doubtful
//
// The desk's labels come one after the other. Where they end, the customer's words may have begun, and what looks
// like a label there is believed only if it is written as the desk writes its own, and nothing better says
// the same.
type flow struct {
	*part

	footer  bool // labels may be anywhere in its lines
	preview bool // what it reads says again what is elsewhere

	announces bool // it comes before the rest, and says what that is

	introduced bool // somebody's words have begun before any label

	manner   manner // of the desk's labels
	labels   bool   // one has come
	doubtful bool
	words    bool      // a description has begun
	pending  *labelled // a label on a line of its own, whose value is the next line
	told     string    // the line as a headline would have it
}

// line takes in one line. quoted are those of a quotation or of code.
func (f *flow) line(s string, found []address, quoted bool) {
	s = strings.TrimSpace(s)
	quoted = quoted || strings.HasPrefix(s, ">")
	if _, m := behindBullet(s); m.bullet != 0 {
		for i := range found {
			found[i].bullet = true
		}
	}
	if s = strings.ReplaceAll(s, ref, ""); !quoted {
		s = f.takeSubject(s, found)
	}
	f.told = s
	if s = strings.TrimSpace(strings.ReplaceAll(s, ref, "")); strings.Trim(s, decoration) == "" {
		f.heads(found)
		f.link(ofLine, found...)
		return
	}
	if heading := strings.TrimLeft(s, "#"); heading != s && spaced(heading) {
		f.heading(strings.TrimSpace(heading), found)
		return
	}
	if !f.labels && !quoted && introduction.MatchString(s) {
		f.close()
		f.introduced, f.doubtful = true, true
		f.free(s, found, quoted)
		return
	}
	if l, ok := label(s); ok {
		f.close()
		f.labelled(l, s, found, quoted)
		return
	}
	if l := f.pending; l != nil {
		f.pending = nil
		f.take(*l, s, quoted)
		f.see(s, ofCustomers(l.name) || quoted, found)
		return
	}
	f.free(s, found, quoted)
}

// introduction is a line after which somebody speaks: "Nora Field wrote:".
var introduction = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:wrote|writes|says|said|asks|asked|schrieb|schreibt|a écrit|écrit|escribió|escribe|escreveu|escreve|ha scritto)[^\pL:]{0,16}:[^\pL\pN]*$`)

// close ends a text: what comes next does not go on with its last line.
func (f *flow) close() {
	if l := f.pending; l != nil {
		f.pending = nil
		f.take(*l, "", false)
	}
}

// heading takes in a line that is set as one: a label over its value, or a title.
func (f *flow) heading(s string, found []address) {
	f.close()
	if n, rank := titled(s); n != nameOther {
		f.pending = &labelled{name: n, rank: rank, manner: manner{bold: true}}
		return
	}
	f.headline = append(f.headline, headline{s, f.announces, true})
	f.head(s, found...)
}

// free takes in a line that does not begin with a label.
func (f *flow) free(s string, found []address, quoted bool) {
	f.announce(quoted)
	if !quoted {
		f.heads(found)
	}
	f.doubtful = f.doubtful || f.labels && !f.footer && !leads(s, found)
	if _, l, _, ok := nextLabel(s, inText); ok {
		l.manner = f.manner // what is said in passing has none of its own
		f.chain(l, quoted || !f.footer)
	}
	f.see(s, quoted || f.words, found)
}

// heads keeps the ticket that a line before all labels leads to. Such links are the desk's: customers write addresses.
func (f *flow) heads(found []address) {
	for _, a := range found {
		if id, ok := deskTicket(a); ok && f.headed == "" && a.label != "" && !f.labels && !f.footer {
			f.headed = id
		}
	}
}

// announce keeps a line that comes before all labels.
func (f *flow) announce(quoted bool) {
	if !f.labels && !quoted && !f.preview {
		f.headline = append(f.headline, headline{f.told, f.announces, false})
	}
}

// labelled takes in a line that begins with a label.
func (f *flow) labelled(l labelled, line string, found []address, quoted bool) {
	if l.name == nameOther || l.name == nameAside && !f.labels {
		f.announce(quoted)
	} else if !f.labels {
		f.labels, f.manner = true, l.manner
	}
	if strings.Trim(l.rest, decoration) == "" && l.name != nameWords {
		f.pending = &l
		f.see(line, quoted, found)
		return
	}
	theirs := len(line) - len(f.chain(l, quoted))
	if theirs < len(line) {
		f.see(line[:theirs], quoted, nil)
		f.see(line[theirs:], true, found)
	} else {
		f.see(line, quoted, found)
	}
	if l.name == nameWords {
		f.words, f.doubtful = true, true
	}
}

// chain takes in a label's value, and those that follow it in the same line. It returns the end of the
// line from where the customer's words begin; "" if they do not.
func (f *flow) chain(l labelled, doubt bool) (customers string) {
	first, separator := l.manner, ""
	for {
		value, next, by, more := nextLabel(l.rest, inLine)
		if ofCustomers(l.name) {
			// The customer can go on with anything. The desk goes on as it has begun.
			more = more && l.name == nameSubject && next.name != nameOther && by == separator && next.manner.bold == first.bold
			if customers == "" {
				customers = l.rest
			}
		}
		if !more {
			value = l.rest
		}
		f.take(l, value, doubt)
		if !more {
			return customers
		}
		doubt = doubt || ofCustomers(l.name) || !f.footer && (l.name == nameCustomer || l.name == nameOther)
		l, separator = next, by
	}
}

// take keeps a labelled value, as far as it may be the desk's.
func (f *flow) take(l labelled, value string, quoted bool) {
	if f.doubtful && !f.introduced && l.manner != f.manner {
		return
	}
	o := ofLine
	switch {
	case quoted || f.doubtful || f.preview:
		o = ofDoubt
	case f.footer && f.labels:
		o = ofFooter
	}
	f.facts = append(f.facts, fact{labelled: l, value: strings.TrimSpace(value), origin: o, in: f, words: f.words, quoted: quoted})
}

// see keeps a line for the patterns, and where its links lead.
func (f *flow) see(s string, quoted bool, found []address) {
	o := ofLine
	switch {
	case quoted:
		o = ofCustomer
	case f.doubtful || f.preview:
		o = ofDoubt
	}
	for i := range found {
		found[i].sure = f.footer && invitation.MatchString(found[i].label)
	}
	f.keep(s, o, found)
}

func ofCustomers(n name) bool { return n == nameSubject || n == nameWords }

// leads says that a line holds hardly more than a link.
func leads(s string, found []address) bool {
	for _, a := range found {
		if len(a.label)+len(a.label)/2+8 > len(s) {
			return true
		}
	}
	return false
}

// What may stand before a label in the middle of a line, beside wide gaps.
const (
	inLine = "|•·,;"
	inText = "|•·,;.!?([–—"
)

// nextLabel finds the next label in s, and the sign that sets it off. One that means nothing here needs a
// sign that is between fields only.
func nextLabel(s, signs string) (before string, l labelled, by string, ok bool) {
	size := 0
	for i := 0; i < len(s); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(s[i:])
		after := s[i+size:]
		switch {
		case r == '\t', r == ' ' && spaced(after):
			by = "\t"
		case strings.ContainsRune(signs, r):
			by = string(r)
		case strings.ContainsRune("-–—", r) && strings.HasSuffix(s[:i], " ") && spaced(after):
			by = "-"
		case r == ' ' && signs == inLine && strings.HasPrefix(after, "*"): // "*Ticket ID:* 42 *Priority:* low"
			by = "*"
		default:
			continue
		}
		if l, ok = label(after); ok && l.firm && (by != "-" && by != "*" || l.manner.bold) && (l.name != nameOther && l.name != nameWords || strings.Contains("\t|•·", by)) {
			return s[:i], l, by, true
		}
	}
	return s, labelled{}, "", false
}
