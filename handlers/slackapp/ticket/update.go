package ticket

import (
	"regexp"
	"slices"
	"strings"
)

// ref stands in a headline for the ticket that it names, by its id or by its subject.
const ref = "\ufffc"

// What a headline says of a ticket that was there before: who did what to it. Only the desk's words are looked at: a
// subject comes behind the ticket's id or a sign. What also speaks of a new ticket is new.
const (
	thing = `(?:ticket|conversation|case|issue|request|incident|anfrage|vorgang|demande|solicitud|chamado)`
	it    = `(?:` + thing + `(?: #?` + ref + `)?|#?` + ref + `)`
	state = `(?:status|state|priority|assignee|owner|group)`
	been  = `(?:(?:is now|is|was|has been|have been|were|wurde(?: von .+)?|a été|est|fue|ha sido|foi) )?`
	did   = `(?:updated|changed|closed|solved|resolved|re-?opened|reassigned|merged|escalated|moved|transferred|transitioned|deleted|archived|snoozed|edited|commented|taken|stalled|marked|set|put|rated` +
		`|aktualisiert|geändert|geschlossen|gelöst|mis à jour|modifié|fermé|résolu|actualizado|modificado|cerrado|resuelto|atualizado|alterado|fechado|resolvido|aggiornato|chiuso|risolto)`
	ended = `(?:$|[.,:!]| (?:to|by|from|as|at|on|into|in|since|for|von|par|por|da)\b)`
	reply = `(?:comments?|notes?|reply|replies|responses?|correspondence|kommentar|antwort|commentaire|réponse|comentario|respuesta|comentário|resposta)`
	fresh = `(?:new|neue[rs]?|nouveau|nouvelle|nuev[oa]|nov[oa])`
)

func oneOf(forms ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)` + strings.Join(forms, `|`))
}

// usualUpdate is looked for before the ticket's name, or if it is not named, before a sign.
var usualUpdate = oneOf(
	`\b`+it+` `+been+did+`(?:$|\PL)`,                                                                          // "ticket was closed"
	`\b(?:`+thing+` )?`+state+`(?: of (?:the |this )?`+it+`)? `+been+did+`(?:$|\PL)`,                          // "status changed"
	`\b`+did+` (?:(?:on|to|in|from|as) )?(?:(?:the|this|its|an?) )?(?:`+state+`\b|`+it+`)`,                    // "Ana closed the ticket"
	`\b(?:has been|was) assigned|\b(?:took|assigned|linked|tagged|mentioned|rated) (?:(?:the|this|an?) )?`+it, // "Ana took #42"
	`\b(?:`+it+` )?assigned (?:to .+ )?by\b`,
	`\btransitioned\b`,
	`\b(?:replied|responded|commented)(?: (?:to|on|in)\b|$|:)`,
	`\b(?:`+fresh+`|latest|last|customer|agent|internal|public|private) (?:`+thing+` |\w+ )?(?:`+reply+`|rating)\b`, // "new comment"
	`\b`+reply+` (?:`+been+`added|on|to|from|by)\b`,                                                                 // "reply from Nora"
	`\b(?:added|left|posted) an? (?:\w+ )?`+reply+`\b`,
	`(?:about|going) to breach|\bbreached (?:its|the|an?)? ?(?:\w+ )?sla|\bsla (?:breach|warning|reminder|violat)|\boverdue\b`,
	`satisfaction (?:rating|survey)`,
	`^\PL*(?:`+did+`(?: (?:by|to|at|as|von|par|por|da)\b|:)|`+thing+`? ?update (?:on|to)\b|`+thing+` update\b|reminder\b)`, // "Escalated: #42"
)

// happened follows the ticket's name at once.
var happened = oneOf(
	`^\]? `+been+`(?:`+state+` `+been+`)?(?:`+did+`|assigned)`+ended, // "status changed to open"
	`^\]? (?:is|was) (?:now )?(?:pending|overdue|on hold|due)`+ended,
	`^\]? (?:(?:has|had) (?:a new|had no|no) (?:\w+ )?`+reply+`\b|`+reply+` `+been+`added\b)`,
	`^\]? (?:will|is about to|about to|going to) breach`,
	`^\]?: `+did+`(?: (?:by|von|par|por|da) .+)? (?:at|am|um|le|à|el|em|il|alle) `, // Zammad's
	`^\]?: (?:reminder reached|escalation warning)\b`,
)

var (
	// ofReplies are words that make nothing new of "new ticket".
	ofReplies = regexp.MustCompile(`(?i)\b` + fresh + ` (?:` + thing + ` )?(?:` + reply + `|rating)\b`)
	freshly   = regexp.MustCompile(`(?i)\b(?:created|opened|submitted|raised|received|incoming|erstellt|creado|criado|` + fresh + ` (?:\w+ )?` + thing + `)\b|créé`)
	wasMade   = regexp.MustCompile(`(?i)^\]?:? ` + been + `(?:created|opened|submitted|raised|received)\b`)
	someID    = regexp.MustCompile(`#[0-9]+\b|\b[A-Z]{2,10}-?[0-9]{2,}\b`)
	negative  = regexp.MustCompile(`(?i)\b(?:nobody|no one|never|not)\b`)
	arrow     = regexp.MustCompile(`\S\s*(?:->|=>|→|➔|➜)\s*\S`)
)

// tellsOfUpdate says that a post is about what happened to a ticket, not about a new one. Headlines that name the
// ticket say it more surely than others.
func (r *Reader) tellsOfUpdate(parts []*part, found []record) bool {
	for _, named := range []bool{true, false} {
		for _, p := range parts {
			const first = 2 // lines: what comes later may be the customer's
			for _, h := range p.headline[:min(first, len(p.headline))] {
				line := naming(h.text, found)
				switch {
				case strings.Contains(line, ref) != named, !named && !h.surer:
				case r.p.Update != nil:
					if r.p.Update.MatchString(strings.Trim(strings.ReplaceAll(h.text, ref, ""), decoration)) {
						return true
					}
				case isNew(line):
					return false
				case isUpdate(line, h.title):
					return true
				}
			}
		}
	}
	retold := func(p *part) bool { return isRetold(p.title, found) }
	return r.p.Update == nil && (slices.ContainsFunc(parts, retold) || slices.ContainsFunc(found, record.tellsOfChange))
}

// naming is a headline without bold type, and with ref for what names the ticket.
func naming(line string, found []record) string {
	for _, rec := range found {
		if containsWord(line, rec.id) {
			line = strings.ReplaceAll(line, rec.id, ref)
		}
	}
	if len(found) == 0 {
		line = someID.ReplaceAllString(line, ref)
	}
	return strings.Trim(strings.NewReplacer("*", "", "_", "", "`", "", "~", "", "#"+ref, ref).Replace(line), " ")
}

// saidBy are the desk's words of a headline, and what follows them.
func saidBy(line string) (said, after string, named bool) {
	said, after, named = strings.Cut(line, ref)
	if named {
		return said + ref, after, true
	}
	if sign := apartSign.FindStringIndex(said); sign != nil {
		said = said[:sign[0]+1]
	}
	return said, "", false
}

func isNew(line string) bool {
	said, after, _ := saidBy(line)
	return freshly.MatchString(said) && !ofReplies.MatchString(said) || wasMade.MatchString(after)
}

// isUpdate says that a headline tells of an update. One that is set as a title and does not begin so is the
// customer's, as is one that names the ticket in brackets at its end.
func isUpdate(line string, title bool) bool {
	said, after, named := saidBy(line)
	if happened.MatchString(after) {
		return true
	}
	at := usualUpdate.FindStringIndex(said)
	if at == nil || negative.MatchString(said) || strings.HasSuffix(said, "("+ref) || strings.HasSuffix(said, "["+ref) {
		return false
	}
	if !named && idLabel.MatchString(said) {
		return false
	}
	return named || !title || at[0] == strings.IndexFunc(said, isAlphanumeric)
}

// idLabel is a label, whatever else it says: "Linked issue key:".
var idLabel = regexp.MustCompile(`(?i)\b(?:id|key|number|no\.?)\W*$`)

// apartSign sets apart what is the customer's from what is the desk's.
var apartSign = regexp.MustCompile(`: | [-–—|] `)

// tellsOfChange says that a label of the ticket has what was before and what is now. Where labels come again the
// customer may have written them.
func (rec record) tellsOfChange() bool {
	var seen [nameAside + 1]bool
	var first *fact
	for _, f := range rec.facts {
		if f.name == nameOther || f.origin > ofLine || first != nil && f.manner != first.manner || says(f.name) && seen[f.name] {
			continue
		}
		if first == nil {
			first = &f
		}
		seen[f.name] = true
		if (f.name == namePriority || f.name == nameType || f.name == nameAside) && arrow.MatchString(f.value) {
			return true
		}
	}
	return false
}

// isRetold says that a title calls the ticket one and goes on, without a sign between them, with what happened to it;
// or that somebody answered in it. Behind a sign, or behind the id alone, it is the customer's subject.
func isRetold(title string, found []record) bool {
	for _, rec := range found {
		before, after, named := strings.Cut(title, rec.id)
		if named && (called.MatchString(before) && goesOn.MatchString(after) || after == "" && answeredIn.MatchString(before)) {
			return true
		}
	}
	return false
}

var (
	called     = regexp.MustCompile(`(?i)\b` + thing + `:? ?#?$`)
	goesOn     = regexp.MustCompile(`(?i)^ ` + been + `(?:` + state + ` ` + been + `)?(?:` + did + `|assigned)\b(?: (?:to|by|from|as|at|on)\b.*)?$`)
	answeredIn = regexp.MustCompile(`(?i)\b(?:replied|commented|responded) (?:to|on|in) (?:the )?` + thing + `? ?#?$`)
)
