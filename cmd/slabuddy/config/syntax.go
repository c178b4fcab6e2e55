package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// parseYAML returns the file's one document; nil if there is nothing in it. Duplicate keys are let
// through: the reader reports them along with everything else.
func parseYAML(src []byte) (ast.Node, *Problem) {
	if p := cmp.Or(otherEncoding(src), tooMuch(src)); p != nil {
		return nil, p
	}
	file, err := parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxProblem(err)
	}
	var root ast.Node
	for _, doc := range file.Docs {
		if doc == nil || doc.Body == nil {
			continue
		}
		if root != nil {
			p := problemAt(placeOf(doc.Body), "a second document begins here", "Keep everything above one `---`.")
			return nil, &p
		}
		root = doc.Body
	}
	return root, nil
}

// otherEncoding is where a file stops to be UTF-8, as those of some editors on Windows do; nil if it does not.
func otherEncoding(src []byte) *Problem {
	for i, line := range bytes.Split(src, []byte("\n")) {
		if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
			return &Problem{Line: i + 1, Column: 1, What: "this is not UTF-8", Fix: "Save the file as UTF-8."}
		}
	}
	return nil
}

// syntaxes explains what the YAML library says about common slips.
var syntaxes = []struct{ says, what, fix string }{
	{"'@' is a reserved character", "a value cannot begin with @ in YAML", "Put it in quotes: '@support'."},
	{"is a reserved character", "", "Put the value in quotes."},
	{"that cannot start any token", "there is a tab where YAML wants spaces", "Indent with spaces."},
	{"unknown escape character", "\\ begins an escape in double quotes", `Put a pattern in single quotes: '\bpto\b'.`},
	{"mapping value is not allowed", "a second colon makes this line ambiguous", "Put a value that contains \": \" in quotes."},
	{"',' or ']' must be specified", "a list that begins above is not closed", "Close it with ]."},
	{"',' or '}' must be specified", "a mapping that begins above is not closed", "Close it with }."},
	{"sequence end token", "this list is never closed", "Close it with ]."},
	{"flow mapping end token", "this mapping is never closed", "Close it with }."},
	{"end character of", "this quote is never closed", "Close the quote; inside single quotes, write ' as ''."},
	{"unexpected key name", "this is neither a key nor a value", "Write a key as `key: value`, with a space after the colon."},
	{"value is not allowed in this context", "this line does not line up with those around it", "Indent the keys of one mapping alike."},
	{"undefined alias name", "* begins an alias in YAML", "Put the value in quotes."},
	{"unexpected directive value", "a value cannot begin with % in YAML", "Put it in quotes."},
	{"found an invalid key", "a key has to be a plain word", ""},
}

func syntaxProblem(err error) *Problem {
	var syntax yaml.Error
	if !errors.As(err, &syntax) || syntax.GetToken() == nil {
		return &Problem{Line: 1, Column: 1, What: "this is not YAML: " + err.Error()}
	}
	what, fix := "this is not YAML: "+syntax.GetMessage(), ""
	for _, s := range syntaxes {
		if strings.Contains(syntax.GetMessage(), s.says) {
			if s.what != "" {
				what = s.what
			}
			fix = s.fix
			break
		}
	}
	at := placeOfToken(syntax.GetToken())
	at.width = 1
	p := problemAt(at, what, fix)
	return &p
}

// What a file is held to before it is read: the YAML library has no bounds of its own, and a file of a few hundred
// kilobytes that nests without end takes all memory.
const (
	longestFile = 1 << 20
	deepest     = 200 // open brackets, or dashes on one line
)

// tooMuch is what is beyond the bounds; nil if nothing is.
func tooMuch(src []byte) *Problem {
	if len(src) > longestFile {
		return &Problem{Line: 1, Column: 1, What: fmt.Sprintf("the file has %d KiB", len(src)>>10), Fix: "Write at most 1024 KiB."}
	}
	open := 0
	for i, line := range bytes.Split(src, []byte("\n")) {
		open += bytes.Count(line, []byte("[")) + bytes.Count(line, []byte("{")) - bytes.Count(line, []byte("]")) - bytes.Count(line, []byte("}"))
		open = max(open, 0)
		if open > deepest || bytes.Count(line, []byte("- ")) > deepest || bytes.Count(line, []byte("? ")) > deepest || mostOpen(line) > deepest {
			return &Problem{Line: i + 1, Column: 1, What: "too much is nested here", Fix: "Close each list with ], and each mapping with }."}
		}
	}
	return nil
}

// mostOpen is how many brackets are open at once within a line.
func mostOpen(line []byte) (most int) {
	open := 0
	for _, c := range line {
		switch c {
		case '[', '{':
			open++
		case ']', '}':
			open--
		}
		most = max(most, open)
	}
	return most
}
