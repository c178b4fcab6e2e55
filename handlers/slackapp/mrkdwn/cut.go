package mrkdwn

import "strings"

// Len is how long Slack takes s to be. It does not say how it counts: this counts in UTF-16, where an emoji
// is two, so that what fits here fits in any case.
func Len(s string) int {
	n := 0
	for _, r := range s {
		n += units(r)
	}
	return n
}

func units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// Cut shortens plain text to at most so many characters, and marks that with an ellipsis.
func Cut(s string, most int) string {
	if len(s) <= most || Len(s) <= most {
		return s
	}
	return strings.TrimSpace(head(s, most-1)) + "…"
}

// CutMarkup shortens mrkdwn in the same way, before an entity, a date, a link or a mention that would be cut in two.
func CutMarkup(s string, most int) string {
	if len(s) <= most || Len(s) <= most {
		return s
	}
	short := head(s, most-1)
	if i := strings.LastIndexByte(short, '<'); i >= 0 && !strings.Contains(short[i:], ">") {
		short = short[:i]
	}
	const longest = len("&amp;")
	if i := strings.LastIndexByte(short, '&'); i >= 0 && len(short)-i < longest && !strings.Contains(short[i:], ";") {
		short = short[:i]
	}
	return strings.TrimSpace(short) + "…"
}

// head is the longest beginning of s of at most so many characters.
func head(s string, most int) string {
	for i, r := range s {
		if most -= units(r); most < 0 {
			return s[:i]
		}
	}
	return s
}
