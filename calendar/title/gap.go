package title

import "strings"

// arrows point from who was on to who is.
const arrows = "→⇒➔➜➝➞➡⟶▶►"

// gap is what is between two tokens, the weakest first.
type gap int

const (
	space    gap = iota // nothing but room, or a hyphen within a compound
	tight               // "&", "+": what it joins belongs together
	loose               // ",", "/": a list
	apart               // a dash, a parenthesis: another part of the title begins
	colon               // as apart, and what precedes it is said of what follows
	backward            // "Ben <- Ana"
	forward             // "Ana -> Ben"
)

// gapOf reads what is between two words.
func gapOf(between string) (g gap, parenthesis bool) {
	parenthesis = strings.ContainsAny(between, "([{")
	squeezed := strings.ReplaceAll(between, " ", "")
	switch {
	case strings.ContainsAny(between, "↔⇄⇆⇔"), strings.Contains(squeezed, "<-") && strings.Contains(squeezed, "->"):
		return loose, parenthesis
	case strings.ContainsAny(between, arrows), strings.Contains(squeezed, "->"), strings.Contains(squeezed, "=>"), squeezed == ">", squeezed == ">>":
		return forward, parenthesis
	case strings.ContainsAny(between, "←"), strings.Contains(squeezed, "<-"):
		return backward, parenthesis
	case strings.ContainsAny(between, ":="):
		return colon, parenthesis
	case strings.ContainsAny(between, "()[]{};|–—•·!?<>\n"), strings.Contains(between, " -"), strings.Contains(between, "- "), strings.Contains(between, ". "):
		return apart, parenthesis
	case strings.ContainsAny(between, ",/\\"):
		return loose, parenthesis
	case strings.ContainsAny(between, "&+"):
		return tight, parenthesis
	}
	return space, parenthesis
}
