package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/slabuddy/slabuddy/escalation/hours"
)

// reader walks the parsed file and gathers what is wrong with it, so that one run tells everything.
// What cannot be read is reported and left at its default.
type reader struct {
	problems []Problem
	looks    []Problem // not wrong, but to be looked at
	anchors  map[string]ast.Node
	inDays   map[string]*hours.Hours // of the policies that count in days
	reached  map[string]bool         // policies of which it is known whom they reach
}

// value is a piece of the file and the place to point at when something is wrong with it.
type value struct {
	node ast.Node // nil where the file says nothing, or null
	at   place
}

type place struct{ line, column, width int }

// field reads the value of one key of a mapping whose keys are fixed.
type field struct {
	key  string
	read func(value)
}

// entry is a key and its value.
type entry struct {
	key string
	at  place // of the key
	value
}

func newReader(root ast.Node) *reader {
	r := &reader{anchors: map[string]ast.Node{}, inDays: map[string]*hours.Hours{}, reached: map[string]bool{}}
	if root != nil {
		ast.Walk(r, root)
	}
	return r
}

// Visit notes where the anchors are.
func (r *reader) Visit(n ast.Node) ast.Visitor {
	if a, ok := n.(*ast.AnchorNode); ok && a.Name != nil {
		r.anchors[a.Name.GetToken().Value] = a.Value
	}
	return r
}

func (r *reader) fail(at place, fix, what string, args ...any) {
	r.problems = append(r.problems, problemAt(at, fmt.Sprintf(what, args...), fix))
}

func problemAt(at place, what, fix string) Problem {
	return Problem{Line: at.line, Column: at.column, width: at.width, What: what, Fix: fix}
}

// object reads a mapping with fixed keys, in the order of fields, whatever their order in the file:
// so a later field may rely on an earlier one. It returns where each key that was found has its value.
func (r *reader) object(v value, name string, fields ...field) map[string]place {
	var known []string
	for _, f := range fields {
		known = append(known, f.key)
	}
	found := map[string]value{}
	places := map[string]place{}
	if text, ok := scalarText(v.node); ok {
		r.fail(v.at, plainFix(text, known[0]), "%s is a mapping, not %q", name, text)
		return places
	}
	for _, e := range r.entries(v, name) {
		if slices.Contains(known, e.key) {
			found[e.key], places[e.key] = e.value, e.value.at
			continue
		}
		r.fail(e.at, unknownKeyFix(e.key, known), "%s has no key %q", name, e.key)
	}
	for _, f := range fields {
		if v, ok := found[f.key]; ok && v.node != nil {
			f.read(v)
		}
	}
	return places
}

// plainFix is for a mapping's place taken by a plain value: most likely that of its first key, or a key
// without a space after its colon.
func plainFix(text, firstKey string) string {
	if key, rest, ok := strings.Cut(text, ":"); ok && !strings.Contains(key, " ") {
		return fmt.Sprintf("Put a space after the colon: `%s: %s`.", key, rest)
	}
	return fmt.Sprintf("Write {%s: %s}.", firstKey, text)
}

func unknownKeyFix(key string, known []string) string {
	if nearest(key, known) == "" && secretKey.MatchString(key) {
		return "Secrets belong in environment variables, never here."
	}
	return didYouMean(key, known, "Keys here")
}

// entries are the keys and values of a mapping, each key once.
func (r *reader) entries(v value, name string) []entry {
	node := r.resolve(v.node)
	if node == nil {
		return nil
	}
	m, ok := node.(ast.MapNode)
	if !ok {
		r.fail(v.at, "Write `key: value` pairs.", "%s is a mapping, not %s", name, kindOf(node))
		return nil
	}
	var es []entry
	seen := map[string]int{}
	for it := m.MapRange(); it.Next(); {
		at := placeOf(it.Key())
		key, ok := r.keyText(it.Key())
		if !ok {
			r.fail(at, "Write it out.", "%s has a key that is not a plain word", name)
			continue
		}
		if line, twice := seen[key]; twice {
			r.fail(at, "Keep one of them.", "%s has the key %q twice: line %d has it first", name, key, line)
			continue
		}
		seen[key] = at.line
		es = append(es, entry{key: key, at: at, value: r.valueOf(it.Value(), at)})
	}
	return es
}

func (r *reader) keyText(key ast.MapKeyNode) (string, bool) {
	if key == nil || key.IsMergeKey() {
		return "", false
	}
	return scalarText(key)
}

// list are the values of a sequence.
func (r *reader) list(v value, name string) []value {
	node := r.resolve(v.node)
	if node == nil {
		return nil
	}
	seq, ok := node.(*ast.SequenceNode)
	if !ok {
		fix := "Write it as [a, b] or as lines that begin with `- `."
		if text, ok := scalarText(node); ok {
			fix = fmt.Sprintf("Write [%s].", text)
		}
		r.fail(v.at, fix, "%s is a list, not %s", name, kindOf(node))
		return nil
	}
	var vs []value
	for _, n := range seq.Values {
		vs = append(vs, r.valueOf(n, placeOf(n)))
	}
	return vs
}

// valueOf stands at its node, or where there is none, at fallback.
func (r *reader) valueOf(n ast.Node, fallback place) value {
	at := fallback
	if n != nil {
		if _, null := n.(*ast.NullNode); !null {
			at = placeOf(n)
		}
	}
	return value{node: r.resolve(n), at: at}
}

// resolve follows anchors and aliases to what they stand for; nil for null.
func (r *reader) resolve(n ast.Node) ast.Node {
	for range 100 { // an alias may name itself
		switch t := n.(type) {
		case *ast.AnchorNode:
			n = t.Value
		case *ast.AliasNode:
			name := t.Value.GetToken().Value
			if n = r.anchors[name]; n == nil {
				r.fail(placeOf(t), "Name something with &"+name+" first, or put the value in quotes.", "nothing here is called %q", name)
				return nil
			}
		case *ast.NullNode:
			return nil
		default:
			return n
		}
	}
	return nil
}

// scalarText is a plain value as it is written.
func scalarText(n ast.Node) (string, bool) {
	switch t := n.(type) {
	case *ast.StringNode:
		return t.Value, true
	case *ast.LiteralNode:
		return t.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func kindOf(n ast.Node) string {
	switch n.(type) {
	case ast.MapNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	}
	if text, ok := scalarText(n); ok {
		return fmt.Sprintf("%q", text)
	}
	return "something with a tag"
}

func placeOf(n ast.Node) place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return placeOf(m.Values[0].Key)
	}
	return placeOfToken(n.GetToken())
}

func placeOfToken(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{line: 1, column: 1, width: 1}
	}
	width := 1
	switch t.Type {
	case token.StringType, token.IntegerType, token.FloatType, token.BoolType:
		width = len([]rune(strings.TrimSpace(strings.SplitN(t.Value, "\n", 2)[0])))
	case token.SingleQuoteType, token.DoubleQuoteType:
		width = len([]rune(t.Value)) + 2
	}
	return place{line: max(1, t.Position.Line), column: max(1, t.Position.Column), width: max(1, width)}
}
