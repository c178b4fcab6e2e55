package fields

import (
	"strconv"
	"strings"
	"time"
)

// Text is a field with a string.
func Text[T ~string](p *Pass, key string, v *T) {
	if p.reading {
		if p.read(key) {
			*v = T(p.readText())
		}
	} else if p.write(key, *v == "") {
		p.writeText(string(*v))
	}
}

// Number is a field with a whole number.
func Number[T ~int | ~int64](p *Pass, key string, v *T) {
	if p.reading {
		if p.read(key) {
			n := p.readNumber()
			*v = T(n)
			p.odd = p.odd || int64(*v) != n
		}
	} else if p.write(key, *v == 0) {
		p.out = strconv.AppendInt(p.out, int64(*v), 10)
	}
}

// Flag is a field that is true or false.
func Flag(p *Pass, key string, v *bool) {
	if p.reading {
		if p.read(key) {
			*v = p.readFlag()
		}
	} else if p.write(key, !*v) {
		p.out = strconv.AppendBool(p.out, *v)
	}
}

// Time is a field with a time.
func Time(p *Pass, key string, v *time.Time) {
	if p.reading {
		if p.read(key) {
			inside, escaped := p.quoted()
			p.odd = p.odd || escaped || v.UnmarshalText([]byte(inside)) != nil
		}
	} else if p.write(key, v.IsZero()) {
		p.writeTime(*v)
	}
}

// Object is a field with a struct. It is left out if empty says so.
func Object[T any](p *Pass, key string, v *T, empty bool, list func(*T, *Pass)) {
	if p.reading {
		if p.read(key) {
			object(p, v, list)
		}
	} else if p.write(key, empty) {
		object(p, v, list)
	}
}

// Pointer is a field with a struct that may be missing.
func Pointer[T any](p *Pass, key string, v **T, list func(*T, *Pass)) {
	if p.reading {
		if p.read(key) {
			*v = new(T)
			object(p, *v, list)
		}
	} else if p.write(key, *v == nil) {
		if *v == nil {
			p.out = append(p.out, "null"...)
			return
		}
		object(p, *v, list)
	}
}

// Structs is a field with a list of structs.
func Structs[T any](p *Pass, key string, v *[]T, list func(*T, *Pass)) {
	values(p, key, v, func(one *T) { object(p, one, list) })
}

// Texts is a field with a list of strings.
func Texts[T ~string](p *Pass, key string, v *[]T) {
	values(p, key, v, func(one *T) {
		if p.reading {
			*one = T(p.readText())
		} else {
			p.writeText(string(*one))
		}
	})
}

// Numbers is a field with a list of whole numbers.
func Numbers(p *Pass, key string, v *[]int) {
	values(p, key, v, func(one *int) {
		if p.reading {
			n := p.readNumber()
			*one = int(n)
			p.odd = p.odd || int64(*one) != n
		} else {
			p.out = strconv.AppendInt(p.out, int64(*one), 10)
		}
	})
}

func values[T any](p *Pass, key string, v *[]T, value func(*T)) {
	if p.reading {
		if p.read(key) {
			*v = readValues(p, value)
		}
		return
	}
	if !p.write(key, len(*v) == 0) {
		return
	}
	if *v == nil {
		p.out = append(p.out, "null"...)
		return
	}
	p.out = append(p.out, '[')
	for i := range *v {
		if i > 0 {
			p.out = append(p.out, ',')
		}
		value(&(*v)[i])
	}
	p.out = append(p.out, ']')
}

func readValues[T any](p *Pass, value func(*T)) []T {
	p.expect('[')
	if p.took(']') {
		return []T{}
	}
	const usual = 4 // a policy's tiers
	all := make([]T, 0, usual)
	for !p.odd {
		all = append(all, *new(T))
		value(&all[len(all)-1])
		if p.took(']') {
			return all
		}
		p.expect(',')
	}
	return all
}

func (p *Pass) writeTime(t time.Time) {
	out, err := t.AppendText(append(p.out, '"'))
	if err != nil {
		p.odd = true // encoding/json says the same
		return
	}
	p.out = append(out, '"')
}

// readNumber reads one that surely fits.
func (p *Pass) readNumber() (n int64) {
	const most = 18 // digits
	negative := p.took('-')
	digits := 0
	for ; digits < len(p.rest) && '0' <= p.rest[digits] && p.rest[digits] <= '9'; digits++ {
		n = 10*n + int64(p.rest[digits]-'0')
	}
	if p.odd || digits == 0 || digits > most || digits > 1 && p.rest[0] == '0' {
		p.odd = true
		return 0
	}
	p.rest = p.rest[digits:]
	if negative {
		return -n
	}
	return n
}

func (p *Pass) readFlag() bool {
	for _, is := range []bool{true, false} {
		if rest, ok := strings.CutPrefix(p.rest, strconv.FormatBool(is)); ok && !p.odd {
			p.rest = rest
			return is
		}
	}
	p.odd = true
	return false
}
