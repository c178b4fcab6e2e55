package fields

import "encoding/json"

// Pass goes over the fields of one value, and either writes or reads them.
type Pass struct {
	reading bool
	always  bool // the next field is written even if it is empty
	odd     bool // this is for encoding/json

	out  []byte // what is written so far
	rest string // what is not read yet
	more bool   // reading: the object has had a field already
}

// Always has the next field written even if it is empty, as one without omitempty or omitzero.
func (p *Pass) Always() *Pass {
	p.always = true
	return p
}

// Unlisted leaves v to encoding/json if fields are set that the list does not name.
func (p *Pass) Unlisted(set bool) { p.odd = p.odd || set && !p.reading }

// Marshal writes v.
func Marshal[T any](v *T, list func(*T, *Pass)) ([]byte, error) {
	const usual = 1 << 10
	p := Pass{out: make([]byte, 0, usual)}
	object(&p, v, list)
	if p.odd {
		return json.Marshal(v)
	}
	return p.out, nil
}

// Unmarshal reads v, which is empty. Its texts are parts of js.
func Unmarshal[T any](js string, v *T, list func(*T, *Pass)) error {
	p := Pass{reading: true, rest: js}
	object(&p, v, list)
	if p.odd || p.rest != "" {
		*v = *new(T)
		return json.Unmarshal([]byte(js), v)
	}
	return nil
}

func object[T any](p *Pass, v *T, list func(*T, *Pass)) {
	if !p.reading {
		p.out = append(p.out, '{')
		list(v, p)
		p.out = append(p.out, '}')
		return
	}
	outer := p.more
	p.expect('{')
	p.more = false
	list(v, p)
	p.expect('}') // otherwise there is a key that is not listed, or not in its place
	p.more = outer
}

// write begins a field unless it is to be left out.
func (p *Pass) write(key string, empty bool) bool {
	always := p.always
	p.always = false
	if empty && !always {
		return false
	}
	if p.out[len(p.out)-1] != '{' {
		p.out = append(p.out, ',')
	}
	p.out = append(append(append(p.out, '"'), key...), `":`...)
	return true
}

// read says whether a field comes next, and takes its key.
func (p *Pass) read(key string) bool {
	p.always = false
	rest := p.rest
	if p.more && rest != "" && rest[0] == ',' {
		rest = rest[1:]
	} else if p.more {
		return false
	}
	n := len(key)
	if p.odd || len(rest) < n+3 || rest[0] != '"' || rest[1:n+1] != key || rest[n+1] != '"' || rest[n+2] != ':' {
		return false
	}
	p.rest, p.more = rest[n+3:], true
	return true
}

// took takes c if it comes next.
func (p *Pass) took(c byte) bool {
	if p.odd || p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *Pass) expect(c byte) {
	if !p.took(c) {
		p.odd = true
	}
}
