package table

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAKeyIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var key []any
		var kinds []Kind
		for range rapid.IntRange(0, 3).Draw(t, "parts") {
			if rapid.Bool().Draw(t, "text") {
				key, kinds = append(key, string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))), append(kinds, Text)
			} else {
				key, kinds = append(key, rapid.Int64().Draw(t, "number")), append(kinds, Time)
			}
		}
		text, err := EncodeKey(key)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeKey(text, kinds)
		if d := cmp.Diff(key, got); err != nil || d != "" {
			t.Fatalf("%s: %v\n%s", text, err, d)
		}
	})
}

func TestSumsAreEqualForTheSameRowsInAnyOrderAndElseNot(t *testing.T) {
	sum := func(rows ...[]any) *Sum {
		var s Sum
		for _, row := range rows {
			if err := s.Add(row); err != nil {
				t.Fatal(err)
			}
		}
		return &s
	}
	a, b := []any{"a", int64(1), nil}, []any{"b", int64(2), []byte{}}
	if !sum(a, b).Equal(sum(b, a)) {
		t.Error("the order counts")
	}
	for name, other := range map[string]*Sum{
		"one is missing":        sum(a),
		"one is twice":          sum(a, b, b),
		"another twice":         sum(a, a, b),
		"null is not empty":     sum([]any{"a", int64(1), ""}, b),
		"bytes are not text":    sum([]any{"a", int64(1), nil}, []any{"b", int64(2), ""}),
		"a number is one less":  sum([]any{"a", int64(0), nil}, b),
		"values have moved":     sum([]any{"b", int64(1), nil}, []any{"a", int64(2), []byte{}}),
		"the same count, twice": sum(a, a),
	} {
		if sum(a, b).Equal(other) {
			t.Errorf("equal though %s", name)
		}
	}
	if sum([]any{"ab", "c"}).Equal(sum([]any{"a", "bc"})) {
		t.Error("where a text ends does not count")
	}
	if sum(a, a).Equal(sum(b, b)) || sum(a, a).Equal(&Sum{}) {
		t.Error("pairs cancel out")
	}
}

func TestEveryKeyIsAmongTheColumns(t *testing.T) {
	for _, tab := range All() {
		for i, at := range tab.keyAt() {
			if at < 0 {
				t.Errorf("%s has no %s", tab.Name, tab.Key[i])
			}
		}
	}
}
