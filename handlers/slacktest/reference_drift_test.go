package slacktest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func theReference(t *testing.T) reference {
	t.Helper()
	r, err := readReference()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryMethodStandsInTheReferenceWithItsScopesAndRequiredArguments(t *testing.T) {
	r := theReference(t)
	for name, m := range methods() {
		word, ok := r.Methods[name]
		if !ok {
			t.Errorf("the reference has no %s", name)
		}
		if diff := cmp.Diff(sorted(word.Required), sorted(m.required)); diff != "" {
			t.Errorf("%s: required arguments, reference (-) and simulator (+):\n%s", name, diff)
		}
		if (len(word.Scopes) > 0) != (len(m.scopes) > 0) {
			t.Errorf("%s: the reference wants one of %q, the simulator of %q", name, word.Scopes, m.scopes)
		}
		for _, s := range m.scopes {
			if !slices.Contains(word.Scopes, s) {
				t.Errorf("%s: the reference knows no scope %s", name, s)
			}
		}
	}
	for name := range r.Methods {
		if _, ok := methods()[name]; !ok {
			t.Errorf("the reference's %s is not simulated: leave it out", name)
		}
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// The simulator makes up no errors. Which a method can answer is read from the source: those that it,
// or any function that it gets an answer from, passes to fail or refuse.
func TestEveryErrorOfAMethodIsDocumentedForIt(t *testing.T) {
	r, functions := theReference(t), answeringFunctions(t)
	for name, m := range methods() {
		if len(r.Methods[name].Errors) == 0 {
			t.Errorf("the reference tells no errors of %s", name)
		}
		for _, code := range codes(functions, functionName(m.run)) {
			if !r.answers(name, code) {
				t.Errorf("%s can answer %s, which is not documented for it", name, code)
			}
		}
	}
	general := codes(functions, "execute")
	for _, code := range append(general, "not_authed", "invalid_auth", "not_allowed_token_type", "token_revoked", "account_inactive",
		"missing_post_type", "invalid_post_type", "invalid_json", "json_not_object", "invalid_form_data") {
		if !slices.Contains(r.General, code) {
			t.Errorf("every method can answer %s, which is not documented as general", code)
		}
	}
	if !slices.Contains(codes(functions, "chatPostMessage"), "too_many_attachments") || !slices.Contains(general, "ratelimited") {
		t.Error("the source is not read as it is meant to be: this test holds nothing")
	}
}

func functionName(f any) string {
	full := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
	return full[strings.LastIndex(full, ".")+1:]
}

// function is what matters here of one that returns an answer.
type function struct {
	codes, calls []string
}

// answeringFunctions are those of this package with an answer or a result among their results.
func answeringFunctions(t *testing.T) map[string]function {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]function{}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && answering(f) {
				all[f.Name.Name] = read(f)
			}
		}
	}
	return all
}

func answering(f *ast.FuncDecl) bool {
	if f.Type.Results == nil {
		return false
	}
	return slices.ContainsFunc(f.Type.Results.List, func(r *ast.Field) bool {
		name, ok := r.Type.(*ast.Ident)
		return ok && (name.Name == "answer" || name.Name == "result")
	})
}

func read(f *ast.FuncDecl) function {
	var got function
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := ""
		switch fun := call.Fun.(type) {
		case *ast.Ident:
			name = fun.Name
		case *ast.SelectorExpr:
			name = fun.Sel.Name
		}
		got.calls = append(got.calls, name)
		if (name == "fail" || name == "refuse") && len(call.Args) > 0 {
			if word, ok := call.Args[0].(*ast.BasicLit); ok {
				code, _ := strconv.Unquote(word.Value)
				got.codes = append(got.codes, code)
			}
		}
		return true
	})
	return got
}

// codes are the errors that a function can answer, itself or through others.
func codes(all map[string]function, name string) []string {
	var found []string
	seen := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		f, ok := all[name]
		if !ok || seen[name] {
			return
		}
		seen[name] = true
		found = append(found, f.codes...)
		for _, called := range f.calls {
			visit(called)
		}
	}
	visit(name)
	return slices.Compact(sorted(found))
}
