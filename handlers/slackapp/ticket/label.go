package ticket

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// name is what a label says that its value is.
type name int

const (
	nameOther name = iota // a label that means nothing here, and still separates it from what is beside it
	nameID
	namePriority
	nameType
	nameCustomer
	nameSubject
	nameWords // a description, a comment: what the customer wrote
	nameAside // a label that desks write, and that nothing is read from
)

// says tells the names of which something is read from the others.
func says(n name) bool { return n >= nameID && n <= nameSubject }

type meaning struct {
	name name
	rank int
}

// meaningOf is what a label says, in words of which some may add nothing: "Zendesk ticket ID", "Customer name".
func meaningOf(key string) (m meaning, ok bool) {
	if m, ok = known[key]; ok {
		return m, true
	}
	if m, ok = known[whoseDesk.ReplaceAllString(strings.TrimSuffix(key, "#"), "")]; ok {
		return m, true
	}
	for suffix, of := range map[string]name{"name": nameCustomer, "level": namePriority} {
		if m, ok = known[strings.TrimSuffix(key, suffix)]; ok && m.name == of {
			return m, true
		}
	}
	return meaning{}, false
}

// whoseDesk is what a label begins with that names its desk.
var whoseDesk = regexp.MustCompile(`^(?:zendesk|freshdesk|freshservice|intercom|hubspot|jira|zammad|servicenow|helpscout|support|helpdesk|servicedesk)`)

// known are the labels that desks write without being told to, without case, spaces and signs between
// the words. Where a message has several for one name, the one of the lowest rank counts.
var known = map[string]meaning{
	"ticketid": {nameID, 0}, "ticketnumber": {nameID, 1}, "ticketno": {nameID, 1}, "ticketnr": {nameID, 1}, "ticket#": {nameID, 1},
	"ticketkey": {nameID, 1}, "ticketref": {nameID, 1}, "ticketreference": {nameID, 1},
	"n°deticket": {nameID, 4}, "n°duticket": {nameID, 4}, "nºdeticket": {nameID, 4}, "nºdoticket": {nameID, 4}, "ticketnº": {nameID, 4}, "ticketn°": {nameID, 4},
	"iddeticket": {nameID, 4}, "iddoticket": {nameID, 4}, "númerodoticket": {nameID, 4},
	"issuekey": {nameID, 2}, "issueid": {nameID, 2}, "issuenumber": {nameID, 2}, "issueno": {nameID, 2}, "issue#": {nameID, 2},
	"casenumber": {nameID, 2}, "caseid": {nameID, 2}, "caseno": {nameID, 2}, "casenr": {nameID, 2}, "caseref": {nameID, 2}, "case#": {nameID, 2},
	"incidentid": {nameID, 2}, "incidentnumber": {nameID, 2}, "incidentno": {nameID, 2}, "conversationid": {nameID, 3}, "conversationnumber": {nameID, 3},
	"requestid": {nameID, 3}, "requestnumber": {nameID, 3}, "requestno": {nameID, 3}, "request#": {nameID, 3},
	"ticketpriority": {namePriority, 0}, "priority": {namePriority, 1}, "prio": {namePriority, 2}, "urgency": {namePriority, 3}, "severity": {namePriority, 4},
	"tickettype": {nameType, 0}, "type": {nameType, 1}, "issuetype": {nameType, 3}, "requesttype": {nameType, 3}, "casetype": {nameType, 3},
	"ticketcustomer": {nameCustomer, 0}, "customer": {nameCustomer, 1}, "company": {nameCustomer, 2}, "organization": {nameCustomer, 2},
	"organisation": {nameCustomer, 2}, "requester": {nameCustomer, 3}, "reporter": {nameCustomer, 3}, "requestedby": {nameCustomer, 3}, "reportedby": {nameCustomer, 3}, "submittedby": {nameCustomer, 3},
	"ticketsubject": {nameSubject, 0}, "ticketname": {nameSubject, 2}, "subject": {nameSubject, 1}, "tickettitle": {nameSubject, 2}, "title": {nameSubject, 3}, "summary": {nameSubject, 3}, "shortdescription": {nameSubject, 3},
	// The same in German, French, Spanish and Portuguese, and in some more of the languages that desks are sold in.
	"ticketnummer": {nameID, 4}, "vorgangsnummer": {nameID, 4}, "numéroduticket": {nameID, 4}, "numérodeticket": {nameID, 4}, "idduticket": {nameID, 4},
	"númerodeticket": {nameID, 4}, "númerodelticket": {nameID, 4}, "iddelticket": {nameID, 4}, "númerodochamado": {nameID, 4}, "iddochamado": {nameID, 4},
	"priorität": {namePriority, 2}, "priorité": {namePriority, 2}, "prioridad": {namePriority, 2}, "prioridade": {namePriority, 2},
	"tickettyp": {nameType, 2}, "typ": {nameType, 2}, "tipo": {nameType, 2}, "typedeticket": {nameType, 2}, "tipodeticket": {nameType, 2},
	"numeroticket": {nameID, 4}, "numerodelticket": {nameID, 4}, "idticket": {nameID, 4}, "チケットid": {nameID, 4}, "チケット番号": {nameID, 4},
	"티켓id": {nameID, 4}, "티켓번호": {nameID, 4}, "工单id": {nameID, 4}, "工单编号": {nameID, 4}, "工单号": {nameID, 4}, "номертикета": {nameID, 4},
	"priorità": {namePriority, 2}, "prioriteit": {namePriority, 2}, "優先度": {namePriority, 2}, "우선순위": {namePriority, 2}, "优先级": {namePriority, 2}, "приоритет": {namePriority, 2},
	"numerzgłoszenia": {nameID, 4}, "idzgłoszenia": {nameID, 4}, "ärendenummer": {nameID, 4}, "ärendeid": {nameID, 4}, "sagsnummer": {nameID, 4}, "saksnummer": {nameID, 4},
	"talepno": {nameID, 4}, "номерзаявки": {nameID, 4}, "номеробращения": {nameID, 4}, "číslotiketu": {nameID, 4},
	"priorytet": {namePriority, 2}, "prioritet": {namePriority, 2}, "öncelik": {namePriority, 2}, "priorita": {namePriority, 2},
	"temat": {nameSubject, 4}, "ämne": {nameSubject, 4}, "emne": {nameSubject, 4}, "konu": {nameSubject, 4}, "předmět": {nameSubject, 4},
	"opis": {nameWords, 0}, "beskrivning": {nameWords, 0}, "beskrivelse": {nameWords, 0}, "описание": {nameWords, 0}, "popis": {nameWords, 0},
	"klant": {nameCustomer, 4}, "kunde": {nameCustomer, 4}, "firma": {nameCustomer, 4}, "client": {nameCustomer, 4}, "cliente": {nameCustomer, 4},
	// Subjects and descriptions in other languages: what is there is the customer's, whoever's label it is.
	"betreff": {nameSubject, 4}, "sujet": {nameSubject, 4}, "objet": {nameSubject, 4}, "asunto": {nameSubject, 4}, "assunto": {nameSubject, 4},
	"oggetto": {nameSubject, 4}, "onderwerp": {nameSubject, 4}, "件名": {nameSubject, 4}, "제목": {nameSubject, 4}, "主题": {nameSubject, 4}, "тема": {nameSubject, 4},
	"beschreibung": {nameWords, 0}, "nachricht": {nameWords, 0}, "descripción": {nameWords, 0}, "descrição": {nameWords, 0}, "descrizione": {nameWords, 0},
	"mensaje": {nameWords, 0}, "mensagem": {nameWords, 0}, "messaggio": {nameWords, 0}, "bericht": {nameWords, 0}, "설명": {nameWords, 0}, "説明": {nameWords, 0},
	"ticketdescription": {nameWords, 0}, "description": {nameWords, 0}, "details": {nameWords, 0}, "message": {nameWords, 0},
	"comment": {nameWords, 0}, "latestcomment": {nameWords, 0}, "lastcomment": {nameWords, 0}, "body": {nameWords, 0},
	"content": {nameWords, 0}, "question": {nameWords, 0}, "text": {nameWords, 0}, "note": {nameWords, 0}, "customermessage": {nameWords, 0},
	"status": {nameAside, 0}, "state": {nameAside, 0}, "assignee": {nameAside, 0}, "owner": {nameAside, 0}, "group": {nameAside, 0},
	"team": {nameAside, 0}, "queue": {nameAside, 0}, "brand": {nameAside, 0}, "account": {nameAside, 0}, "channel": {nameAside, 0},
	"source": {nameAside, 0}, "created": {nameAside, 0}, "due": {nameAside, 0}, "project": {nameAside, 0},
}

// manner is how a label is written: a desk writes all of its own alike.
type manner struct {
	bold   bool
	bullet rune
}

// labelled is a line, or the rest of one, that begins with a label.
type labelled struct {
	name   name
	rank   int
	ticket bool // the label says that it is a ticket's
	manner manner
	firm   bool   // it ends in a colon or an equals sign
	rest   string // what comes after it: the end of the line
}

// maxLabel is the most bytes in which a label ends: what goes on longer is a sentence.
const maxLabel = 60

// label reads the label that s begins with, perhaps behind a bullet, an emoji or bold type. Its value
// follows a colon, a dash, or the end of its bold type.
func label(s string) (l labelled, ok bool) {
	s, l.manner = behindBullet(s)
	if s == "" {
		return l, false
	}
	end, rest, ends := labelEnd(s, l.manner.bold)
	if !ends {
		return l, false
	}
	key := keyOf(s[:end])
	k, isKnown := meaningOf(key)
	if key == "" || !isKnown && !labelShaped(s[:end], s[end:], rest, l.manner) {
		return l, false
	}
	l.name, l.rank, l.ticket = k.name, k.rank, strings.HasPrefix(key, "ticket")
	l.firm = colon(s[end:]) || strings.HasPrefix(s[end:], "=")
	l.rest = strings.TrimLeft(rest, decoration)
	return l, true
}

// labelShaped says that words nobody here knows are a label: a few of them before a colon, or a bold
// line.
func labelShaped(words, from, rest string, m manner) bool {
	const most = 4 // spaces between words
	if strings.Count(strings.TrimSpace(words), " ") > most || strings.ContainsAny(words, "|•·,;.!?(") || strings.HasPrefix(rest, "//") {
		return false
	}
	if colon(from) {
		return true
	}
	return m.bold && strings.Trim(rest, decoration) == "" && !strings.ContainsFunc(words, unicode.IsDigit)
}

const (
	decoration = " \t\u00a0*_~`"
	bullets    = "•◦▪‣·●○-*+–—>"
)

// behindBullet is what follows the bullets, emoji and signs at the beginning of s.
func behindBullet(s string) (rest string, m manner) {
	const most = 16 // signs: a label stands at the beginning
	for range most {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case size == 0:
			return "", m
		case r == ':':
			n := shortcode(s)
			if n == 0 {
				return "", m
			}
			s = s[n:]
			m.bold = false
		case isAlphanumeric(r):
			if n := ordinal(s); n > 0 {
				m.bullet, s = '1', s[n:]
				continue
			}
			return s, m
		case strings.ContainsRune(bullets, r) && spaced(s[size:]):
			m.bullet, s = r, s[size:]
		default:
			m.bold = r == '*' || m.bold && (r == '_' || r == '`' || r == '~')
			s = s[size:]
		}
	}
	return "", m
}

// ordinal is how long the number of a list's line is: "1. ", "2) ".
func ordinal(s string) int {
	n := 0
	for n < len(s) && n < 3 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n == 0 || n+1 >= len(s) || s[n] != '.' && s[n] != ')' || s[n+1] != ' ' {
		return 0
	}
	return n + 2
}

func spaced(s string) bool { return s != "" && (s[0] == ' ' || s[0] == '\t') }

// labelEnd finds where a label ends and where what comes after it begins.
func labelEnd(s string, bold bool) (end int, rest string, ok bool) {
	size := 0
	for i := 0; i < min(len(s), maxLabel); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(s[i:])
		after := s[i+size:]
		switch {
		case r == ':' || r == '：' || r == '=':
			if r == ':' && shortcode(s[i:]) > 0 {
				return i, s[i:], true
			}
			return i, after, true
		case (r == '-' || r == '–' || r == '—') && spaced(after):
			return i, after, true
		case r == '*' || r == '`' || r == '_' && !wordBefore(after):
			return closed(s, i, bold)
		}
	}
	return 0, "", false
}

func wordBefore(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isAlphanumeric(r)
}

// closed is labelEnd where a label's decoration ends: a colon may follow, or in bold type nothing.
func closed(s string, at int, bold bool) (end int, rest string, ok bool) {
	after := strings.TrimLeft(s[at:], decoration)
	r, size := utf8.DecodeRuneInString(after)
	switch {
	case r == ':' && shortcode(after) > 0:
		return at, after, true
	case r == ':' || r == '：' || r == '=':
		return at + strings.Index(s[at:], after), after[size:], true
	case (r == '-' || r == '–' || r == '—') && spaced(after[size:]):
		return at, after[size:], true
	case bold:
		return at, after, true
	}
	return 0, "", false
}

func colon(s string) bool { return strings.HasPrefix(s, ":") || strings.HasPrefix(s, "：") }

// shortcode is how long the emoji is that s begins with, as ":red_circle:"; 0 if it begins with none.
func shortcode(s string) int {
	const longest = 64
	for i := 1; i < len(s) && i < longest; i++ {
		c := s[i]
		switch {
		case c == ':' && i > 1:
			return i + 1
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte("_+'-", c) >= 0:
		default:
			return 0
		}
	}
	return 0
}

// squeeze is a label as known has it.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ', r == '\t', r == '\u00a0', r == '_', r == '-', r == '*', r == '`', r == '~', r == '.':
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// keyOf is a label as known has it, without a remark behind it: "Ticket ID (Zendesk)".
func keyOf(s string) string {
	if open := strings.LastIndexByte(s, '('); open > 0 && strings.HasSuffix(strings.TrimRight(s, decoration), ")") {
		s = s[:open]
	}
	return squeeze(s)
}

// titled reads a label that is by itself: the title of a field, the head of a column, a line.
func titled(s string) (n name, rank int) {
	s, _ = behindBullet(s)
	k, _ := meaningOf(keyOf(strings.TrimRight(s, " :*_`~：")))
	return k.name, k.rank
}

func isAlphanumeric(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
