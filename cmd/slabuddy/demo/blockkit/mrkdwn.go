package blockkit

import (
	"html"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Reader knows what is needed to show text to somebody.
type Reader struct {
	Names    map[string]string // of people, channels and groups, by id, without @ and #
	Me       string            // who reads
	Groups   []string          // user groups that Me is in
	Now      time.Time
	People   []Option // who can be chosen in menus of people
	Channels []Option // and in menus of channels
}

// Option is one choice of a menu.
type Option struct {
	Value, Label, Description string
	Chosen                    bool
}

// Text is mrkdwn as HTML.
func (r *Reader) Text(s string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(s, "```") {
		if i%2 == 1 {
			b.WriteString("<pre>" + escape(strings.Trim(part, "\n")) + "</pre>")
			continue
		}
		r.lines(&b, part)
	}
	return template.HTML(b.String()) // all of it was escaped where it was written
}

// lines writes paragraphs and quotations.
func (r *Reader) lines(b *strings.Builder, s string) {
	quoting, fresh := false, true
	for _, line := range strings.Split(strings.Trim(s, "\n"), "\n") {
		quoted, isQuote := strings.CutPrefix(line, ">")
		if !isQuote {
			quoted, isQuote = strings.CutPrefix(line, "&gt;")
		}
		switch {
		case isQuote && !quoting:
			b.WriteString("<blockquote>")
		case !isQuote && quoting:
			b.WriteString("</blockquote>")
		case !fresh:
			b.WriteString("<br>")
		}
		quoting, fresh = isQuote, false
		if isQuote {
			line = strings.TrimPrefix(quoted, " ")
		}
		r.inline(b, line)
	}
	if quoting {
		b.WriteString("</blockquote>")
	}
}

// styles are the tags of what is between two equal signs.
var styles = map[byte]string{'*': "b", '_': "i", '~': "s", '`': "code"}

var emojiName = regexp.MustCompile(`^:([a-z0-9_+-]+):`)

// inline writes what is in one line.
func (r *Reader) inline(b *strings.Builder, s string) {
	before := ' ' // the rune before s
	for s != "" {
		c := s[0]
		if c == '<' {
			if end := strings.IndexByte(s, '>'); end > 0 {
				b.WriteString(r.special(s[1:end]))
				s, before = s[end+1:], '>'
				continue
			}
		}
		if tag := styles[c]; tag != "" && !isWord(before) {
			if end := closing(s); end > 0 {
				b.WriteString("<" + tag + ">")
				if tag == "code" {
					b.WriteString(escape(s[1:end]))
				} else {
					r.inline(b, s[1:end])
				}
				b.WriteString("</" + tag + ">")
				s, before = s[end+1:], rune(c)
				continue
			}
		}
		if m := emojiName.FindStringSubmatch(s); m != nil {
			if shown, ok := emoji[m[1]]; ok {
				b.WriteString(shown)
				s, before = s[len(m[0]):], ':'
				continue
			}
		}
		n := plain(s)
		b.WriteString(escape(s[:n]))
		before, _ = utf8.DecodeLastRuneInString(s[:n])
		s = s[n:]
	}
}

// plain is how many bytes of s, one rune at least, are text until something may begin.
func plain(s string) int {
	_, first := utf8.DecodeRuneInString(s)
	if i := strings.IndexAny(s[first:], "<*_~`:"); i >= 0 {
		return first + i
	}
	return len(s)
}

// closing is where the sign that s begins with comes again and ends what it began; 0 if nowhere. Signs
// within < and > are part of addresses and names.
func closing(s string) int {
	if next, _ := utf8.DecodeRuneInString(s[1:]); len(s) < 3 || unicode.IsSpace(next) {
		return 0
	}
	const farthest = 3000 // as long as a section may be
	inside := false
	for i := 1; i < min(len(s), farthest); i++ {
		switch {
		case s[i] == '<':
			inside = true
		case s[i] == '>':
			inside = false
		case s[i] == s[0] && !inside && i > 1:
			last, _ := utf8.DecodeLastRuneInString(s[:i])
			after, _ := utf8.DecodeRuneInString(s[i+1:])
			if !unicode.IsSpace(last) && (i+1 == len(s) || !isWord(after)) {
				return i
			}
		}
	}
	return 0
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// escape makes text of mrkdwn safe for HTML: Slack writes &, < and > as entities, and only these.
func escape(s string) string {
	s = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "\u2060", "").Replace(s)
	return template.HTMLEscapeString(s)
}

// special is what is between < and >.
func (r *Reader) special(inside string) string {
	target, label, labelled := strings.Cut(inside, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		return r.mention("@", target[1:], label)
	case strings.HasPrefix(target, "!subteam^"):
		return r.mention("@", target[len("!subteam^"):], label)
	case strings.HasPrefix(target, "#"):
		return r.mention("#", target[1:], label)
	case target == "!here" || target == "!channel" || target == "!everyone":
		return span("mention me", "@"+target[1:])
	case strings.HasPrefix(target, "!date^"):
		if said, ok := InWords(target[len("!date^"):], r.Now); ok {
			return `<time>` + escape(said) + `</time>`
		}
		return escape(label)
	}
	if !labelled {
		label = strings.TrimPrefix(target, "mailto:")
	}
	return link(html.UnescapeString(target), escape(label))
}

// mention is a name that pings, or leads to a channel.
func (r *Reader) mention(sign, id, label string) string {
	name := r.Names[id]
	if name == "" {
		name = strings.TrimLeft(label, "@#")
	}
	if name == "" {
		name = id
	}
	class := "mention"
	if id == r.Me || slices.Contains(r.Groups, id) {
		class += " me"
	}
	return span(class, sign+name)
}

func span(class, words string) string {
	return `<span class="` + class + `">` + escape(words) + `</span>`
}

// link is words that lead to an address, if that is one to follow. The words are HTML already.
func link(address, words string) string {
	u, err := url.Parse(address)
	if err != nil || !slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(u.Scheme)) {
		return words
	}
	return `<a href="` + template.HTMLEscapeString(u.String()) + `" target="_blank" rel="noopener noreferrer">` + words + `</a>`
}

// emoji are those that apps write by name.
var emoji = map[string]string{
	"warning": "⚠️", "white_check_mark": "✅", "information_source": "ℹ️", "tada": "🎉", "wave": "👋", "bell": "🔔",
	"rotating_light": "🚨", "hourglass": "⌛", "zzz": "💤", "x": "❌", "eyes": "👀", "calendar": "📅", "bust_in_silhouette": "👤",
	"heavy_check_mark": "✔️", "red_circle": "🔴", "large_green_circle": "🟢", "large_yellow_circle": "🟡", "pray": "🙏", "sparkles": "✨", "ticket": "🎫", "slightly_smiling_face": "🙂",
}
