package fields

import (
	"encoding/json"
	"unicode/utf8"
)

// writeText writes s as it is where that is what encoding/json would do, and leaves the rest to it.
func (p *Pass) writeText(s string) {
	for i := 0; i < len(s); i++ {
		if !plain[s[i]] {
			quoted, err := json.Marshal(s)
			p.odd = p.odd || err != nil
			p.out = append(p.out, quoted...)
			return
		}
	}
	p.out = append(append(append(p.out, '"'), s...), '"')
}

// plain are the bytes that encoding/json writes as they are.
var plain = func() (t [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return t
}()

func (p *Pass) readText() string {
	inside, escaped := p.quoted()
	if !escaped || p.odd {
		return inside
	}
	var s string
	if err := json.Unmarshal([]byte(`"`+inside+`"`), &s); err != nil {
		p.odd = true
	}
	return s
}

// quoted is what stands between the quotes of a string.
func (p *Pass) quoted() (inside string, escaped bool) {
	p.expect('"')
	for i := 0; i < len(p.rest) && !p.odd; i++ {
		switch c := p.rest[i]; {
		case c == '"':
			inside, p.rest = p.rest[:i], p.rest[i+1:]
			p.odd = !utf8.ValidString(inside)
			return inside, escaped
		case c == '\\':
			escaped = true
			i++ // whatever it is, it does not end the string
		case c < ' ':
			p.odd = true
		}
	}
	p.odd = true
	return "", false
}
