package queue

// Filter picks jobs to show. Its zero value picks all.
type Filter struct {
	Queue string // "": every queue
	State State  // "": every state
	Limit int    // at most so many; 0: no limit
}

// Counts are numbers of jobs by queue and state. Stores count the jobs somebody may have to do
// something about (pending, running, failed); done and cancelled ones are not counted.
type Counts map[string]map[State]int
