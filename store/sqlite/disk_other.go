//go:build !unix

package sqlite

// freeSpace is not known here: a full disk shows when a write fails.
func freeSpace(string) (bytes uint64, known bool) { return 0, false }
