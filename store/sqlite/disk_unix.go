//go:build unix

package sqlite

import "golang.org/x/sys/unix"

// freeSpace is how many bytes the program may still write to the disk of a folder.
func freeSpace(dir string) (bytes uint64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return uint64(s.Bavail) * uint64(s.Bsize), true
}
