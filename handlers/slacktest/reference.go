package slacktest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// referenceJSON is distilled from Slack's own machine-readable method pages; see the package doc.
//
//go:embed testdata/methods.json
var referenceJSON []byte

// reference is Slack's published word on the methods that we use.
type reference struct {
	General []string             `json:"general"` // errors that any method may answer
	Seen    map[string][]string  `json:"seen"`    // errors that Slack answers, though it documents them elsewhere
	Methods map[string]published `json:"methods"`
}

// published is what the reference says of one method. The token is left out of its arguments.
type published struct {
	Scopes   []string   `json:"scopes"` // of bots; any one may do
	Required []string   `json:"required"`
	Optional []string   `json:"optional"`
	OneOf    [][]string `json:"one_of"` // at least one of each list is needed
	Errors   []string   `json:"errors"`
}

func readReference() (reference, error) {
	var r reference
	if err := json.Unmarshal(referenceJSON, &r); err != nil {
		return r, fmt.Errorf("reading the reference of Slack's methods: %w", err)
	}
	return r, nil
}

// answers says whether the reference knows an error of a method.
func (r reference) answers(method, code string) bool {
	return slices.Contains(r.General, code) || slices.Contains(r.Seen[method], code) ||
		slices.Contains(r.Methods[method].Errors, code)
}

// Violations are the ways in which calls depart from Slack's published reference: a method that it
// does not have, an argument that it does not know, a required one that is missing. Each is said once.
func Violations(calls []Call) []string {
	r, err := readReference()
	if err != nil {
		return []string{err.Error()}
	}
	var found []string
	for _, c := range calls {
		for _, v := range r.violations(c) {
			if v = c.Method + " " + v; !slices.Contains(found, v) {
				found = append(found, v)
			}
		}
	}
	return found
}

func (r reference) violations(c Call) []string {
	m, known := r.Methods[c.Method]
	if !known {
		return []string{"is not in the reference"}
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(c.Args)) {
		if !slices.Contains(m.Required, name) && !slices.Contains(m.Optional, name) {
			found = append(found, "has no argument "+name)
		}
	}
	for _, name := range m.Required {
		if c.Args[name] == "" {
			found = append(found, "lacks the argument "+name)
		}
	}
	for _, names := range m.OneOf {
		if !slices.ContainsFunc(names, func(name string) bool { return c.Args[name] != "" }) {
			found = append(found, "lacks one of the arguments "+strings.Join(names, ", "))
		}
	}
	return found
}
