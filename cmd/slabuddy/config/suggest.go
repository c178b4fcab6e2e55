package config

import (
	"fmt"
	"slices"
	"strings"
)

// nearest is the candidate that word was most likely meant to be, "" if none is near.
func nearest(word string, candidates []string) string {
	best, least := "", 1+max(1, len([]rune(word))/3)
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if d := distance(squash(word), squash(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

// didYouMean asks about the nearest candidate, and lists them all where none is near.
func didYouMean(word string, candidates []string, listed string) string {
	if near := nearest(word, candidates); near != "" {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	if len(candidates) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: %s.", listed, strings.Join(candidates, ", "))
}

// squash leaves out what people get wrong most: case, and how words are joined.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -_@", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// distance counts the characters to insert, delete, replace or swap with their neighbour that make b
// of a (optimal string alignment).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	var older []int
	old := make([]int, len(to)+1)
	for j := range old {
		old[j] = j
	}
	for i := range from {
		row := make([]int, len(to)+1)
		row[0] = i + 1
		for j := range to {
			replace := old[j]
			if from[i] != to[j] {
				replace++
			}
			row[j+1] = min(replace, old[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
		older, old = old, row
	}
	return old[len(to)]
}
