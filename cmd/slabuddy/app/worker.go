package app

import (
	"fmt"
	"math/rand/v2"
	"os"
)

// worker names this process in the jobs it claims.
func worker() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%08x", host, os.Getpid(), rand.Uint32())
}
