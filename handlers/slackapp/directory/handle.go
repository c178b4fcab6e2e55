package directory

// KnowsGroups says that it is known which user groups there are, be there none.
func (d *Directories) KnowsGroups(workspace string) bool {
	one := d.of(workspace)
	return one != nil && one.of(workspace).Groups != nil
}

// Handle is what a user group is called there: @support.
func (d *Directories) Handle(workspace, group string) (handle string, ok bool) {
	one := d.of(workspace)
	if one == nil {
		return "", false
	}
	for handle, id := range one.of(workspace).Groups {
		if id == group {
			return "@" + handle, true
		}
	}
	return "", false
}
