// Package flow is what the flows share: intake, walk, act and deliver. Deps are what each of them is given beside its
// store. Update is their one loop: read, decide, save unless somebody else has saved meanwhile. Metrics count what they
// do.
package flow
