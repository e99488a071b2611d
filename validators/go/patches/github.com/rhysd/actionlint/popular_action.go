package actionlint

// PopularAction is what the original has as PopularActions[spec]; tools/actions says why.
func popularAction(spec string) (*ActionMetadata, bool) {
	made, ok := PopularActions[spec]
	if !ok {
		return nil, false
	}
	return made(), true
}
