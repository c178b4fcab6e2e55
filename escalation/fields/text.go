package fields

import (
	"encoding/json"
	"unicode/utf8"
)

// writeText writes s as encoding/json does, and leaves to it what is not ASCII.
func (p *Pass) writeText(s string) {
	const hex = "0123456789abcdef"
	began, done := len(p.out), 0
	p.out = append(p.out, '"')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if plain[c] {
			continue
		}
		if c >= utf8.RuneSelf {
			quoted, err := json.Marshal(s)
			p.odd = p.odd || err != nil
			p.out = append(p.out[:began], quoted...)
			return
		}
		p.out = append(p.out, s[done:i]...)
		done = i + 1
		if short := escapes[c]; short != 0 {
			p.out = append(p.out, '\\', short)
		} else {
			p.out = append(p.out, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	p.out = append(append(p.out, s[done:]...), '"')
}

// plain are the bytes that encoding/json writes as they are; escapes those that it has a letter for.
var (
	plain = func() (t [256]bool) {
		for c := byte(' '); c < utf8.RuneSelf; c++ {
			t[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
		}
		return t
	}()
	escapes = [utf8.RuneSelf]byte{'"': '"', '\\': '\\', '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f'}
)

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

// quoted is what is between the quotes of a string.
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
