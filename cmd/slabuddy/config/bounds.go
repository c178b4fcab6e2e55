package config

import (
	"bytes"
	"fmt"
)

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
