package escalation_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ruleSection is a rule as RULES.md has it.
type ruleSection struct {
	kept, held []string // names such as escalation/queue.Admit
}

var (
	ruleHeading = regexp.MustCompile(`(?m)^### Rule (\d+): \S.*$`)
	ruleKept    = regexp.MustCompile("(?s)\n- Kept in: (.*?)\n- Held by: (.*?)\n(?:\n|$)")
	quotedName  = regexp.MustCompile("`([^`]+)`")

	// ruleCited finds "rule 6", "rules 6 and 7", "rules 1 to 3" and "rules 5, 6 and 13".
	ruleCited = regexp.MustCompile(`(?i)\brules?\s+(\d+(?:(?:,\s*|\s+and\s+|\s+to\s+)\d+)*)`)
	numbers   = regexp.MustCompile(`(\s+to\s+)?(\d+)`)
	nextLine  = regexp.MustCompile(`\n\s*(?://|--)\s*`)

	// outsideCited finds citations of pages that are not in this repository.
	outsideCited = regexp.MustCompile(`(?i)design(?:\.md|\s*§)|§\s*\d`)
)

// TestRules holds RULES.md to the tree: what it names exists, and whatever cites a rule cites one of its.
func TestRules(t *testing.T) {
	rules := readRules(t)
	tree := readTree(t)
	for n, rule := range rules {
		for _, name := range slices.Concat(rule.kept, rule.held) {
			if !tree.declares(name) {
				t.Errorf("rule %d names %s, which does not exist%s", n, name, tree.hint(name))
			}
		}
		for _, name := range rule.held {
			if _, ident, _ := strings.Cut(name, "."); !strings.HasPrefix(ident, "Test") && !strings.HasPrefix(name, "store/storetest.") {
				t.Errorf("rule %d is held by %s, which is no test", n, name)
			}
		}
		if len(tree.citedByTests[n]) == 0 {
			t.Errorf("no test cites rule %d", n)
		}
	}
	for n, files := range tree.cited {
		if _, ok := rules[n]; !ok {
			t.Errorf("rule %d is not in RULES.md; it is cited in %s", n, strings.Join(files, ", "))
		}
	}
	for _, place := range tree.outside {
		t.Errorf("%s cites a page that is not in the repository: cite a rule of RULES.md", place)
	}
}

// TestThreats holds the threat model to the tree: each line of its tables names a test that exists.
func TestThreats(t *testing.T) {
	text, err := os.ReadFile("../.github/THREATS.md")
	if err != nil {
		t.Fatal(err)
	}
	tree := readTree(t)
	lines := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(line, "|\n "), " | ")
		held := cells[len(cells)-1]
		if len(cells) < 3 || held == "held by" {
			continue
		}
		lines++
		names := namesIn([]byte(held))
		if len(names) == 0 {
			t.Errorf("%q names no test", cells[0])
		}
		for _, name := range names {
			if !tree.declares(name) {
				t.Errorf("%q is held by %s, which does not exist%s", cells[0], name, tree.hint(name))
			}
		}
	}
	if lines < 50 {
		t.Errorf("%d lines: this test holds nothing", lines)
	}
}

func TestCitationsAreFound(t *testing.T) {
	for text, want := range map[string][]int{
		"holds rule 5's tolerance":                {5},
		"(rules 1 to 3)":                          {1, 2, 3},
		"Rules 5, 6 and 13 fix these":             {5, 6, 13},
		"// this is how rule\n// 12 has it":       {12},
		"-- that is as rules 4\n-- and 7 have it": {4, 7},
		"the rules of 3 desks, and a ruler 4":     nil,
	} {
		if got := citedIn(text); !slices.Equal(got, want) {
			t.Errorf("%q cites %v, not %v", text, got, want)
		}
	}
}

func readRules(t *testing.T) map[int]ruleSection {
	t.Helper()
	text, err := os.ReadFile("RULES.md")
	if err != nil {
		t.Fatal(err)
	}
	rules := map[int]ruleSection{}
	last := 0
	heads := ruleHeading.FindAllSubmatchIndex(text, -1)
	for i, head := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		n, _ := strconv.Atoi(string(text[head[2]:head[3]]))
		places := ruleKept.FindSubmatch(append(text[head[1]:end:end], '\n'))
		if places == nil {
			t.Fatalf("rule %d does not say where it is kept and which tests hold it", n)
		}
		rules[n] = ruleSection{namesIn(places[1]), namesIn(places[2])}
		if len(rules[n].kept) == 0 || len(rules[n].held) == 0 || n <= last {
			t.Errorf("rule %d comes after rule %d, is kept in %v and held by %v", n, last, rules[n].kept, rules[n].held)
		}
		last = n
	}
	if len(rules) < 16 {
		t.Fatalf("RULES.md has %d rules: this test holds nothing", len(rules))
	}
	return rules
}

func namesIn(text []byte) []string {
	var names []string
	for _, m := range quotedName.FindAllSubmatch(text, -1) {
		names = append(names, string(m[1]))
	}
	return names
}

// citedIn are the numbers of the rules that a text cites.
func citedIn(text string) []int {
	var cited []int
	for _, m := range ruleCited.FindAllStringSubmatch(nextLine.ReplaceAllString(text, " "), -1) {
		for _, part := range numbers.FindAllStringSubmatch(m[1], -1) {
			n, _ := strconv.Atoi(part[2])
			for from := n; part[1] != "" && from > cited[len(cited)-1]+1; {
				cited = append(cited, cited[len(cited)-1]+1)
			}
			cited = append(cited, n)
		}
	}
	return cited
}

// sourceTree is what the repository's sources declare and cite.
type sourceTree struct {
	declared            map[string]bool // by names such as escalation/queue.Admit
	cited, citedByTests map[int][]string
	outside             []string // places that cite pages from elsewhere
}

func readTree(t *testing.T) *sourceTree {
	t.Helper()
	const root = ".."
	tree := &sourceTree{map[string]bool{}, map[int][]string{}, map[int][]string{}, nil}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && (d.Name() == ".git" || d.Name() == "testdata" || d.Name() == "node_modules") {
				return filepath.SkipDir
			}
			return err
		}
		if !slices.Contains([]string{".go", ".sql", ".md"}, filepath.Ext(file)) || d.Name() == "rules_test.go" {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, file)
		return tree.read(filepath.ToSlash(name), text)
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func (s *sourceTree) read(name string, text []byte) error {
	if outsideCited.Match(text) {
		s.outside = append(s.outside, name)
	}
	dir := path.Dir(name)
	for _, n := range citedIn(string(text)) {
		s.cited[n] = append(s.cited[n], name)
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(dir, "test") {
			s.citedByTests[n] = append(s.citedByTests[n], name)
		}
	}
	if !strings.HasSuffix(name, ".go") {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, decl := range file.Decls {
		for _, ident := range declaredBy(decl) {
			s.declared[dir+"."+ident] = true
		}
	}
	return nil
}

// declaredBy are the names that a declaration gives: Func, Type, Type.Method, Var.
func declaredBy(decl ast.Decl) []string {
	var names []string
	switch d := decl.(type) {
	case *ast.FuncDecl:
		name := d.Name.Name
		if d.Recv != nil {
			recv := d.Recv.List[0].Type
			if star, ok := recv.(*ast.StarExpr); ok {
				recv = star.X
			}
			if of, ok := recv.(*ast.Ident); ok {
				name = of.Name + "." + name
			}
		}
		names = append(names, name)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names
}

func (s *sourceTree) declares(name string) bool { return s.declared[name] }

// hint says where a name that was moved is declared now.
func (s *sourceTree) hint(name string) string {
	_, ident, _ := strings.Cut(name, ".")
	var places []string
	for _, have := range slices.Sorted(maps.Keys(s.declared)) {
		if strings.HasSuffix(have, "."+ident) {
			places = append(places, have)
		}
	}
	if places == nil {
		return ""
	}
	return "; there is " + strings.Join(places, ", ")
}
