package client

import "net/url"

// encode is f.Encode(), but for the order of the keys, in one piece of memory: a reminder's form is mostly JSON, of
// which every third byte is escaped.
func encode(f url.Values) []byte {
	size := 0
	for key, values := range f {
		for _, v := range values {
			size += escapedLen(key) + 2 + escapedLen(v)
		}
	}
	form := make([]byte, 0, size)
	for key, values := range f {
		for _, v := range values {
			if len(form) > 0 {
				form = append(form, '&')
			}
			form = appendEscaped(form, key)
			form = append(form, '=')
			form = appendEscaped(form, v)
		}
	}
	return form
}

func escapedLen(s string) int {
	n := len(s)
	for i := range len(s) {
		if !unreserved[s[i]] && s[i] != ' ' {
			n += 2
		}
	}
	return n
}

func appendEscaped(form []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		switch c := s[i]; {
		case unreserved[c]:
			form = append(form, c)
		case c == ' ':
			form = append(form, '+')
		default:
			form = append(form, '%', hex[c>>4], hex[c&15])
		}
	}
	return form
}

// unreserved are the bytes that a form holds as they are (RFC 3986, section 2.3).
var unreserved = func() (is [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~") {
		is[c] = true
	}
	return is
}()
