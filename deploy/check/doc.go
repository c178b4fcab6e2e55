// Package check holds the files under deploy/ to the formats they are written in, with the formats' own
// libraries, and to the program: every variable and metric that they name is one that it knows. It holds tests
// only, and is a module of its own so that these libraries stay out of the bot's go.mod.
//
//	go test -count=1 ./...
//
// Go caches a passing test until a file of its module changes, and what is tested here lies outside of the
// module, so this needs -count=1.
package check
