// Package flow is what the flows share: intake, walk, act and deliver. Deps are what each of them is given
// beside its store, Update is their one loop (read, decide, save if nobody else did), and Metrics count
// what they do.
package flow
