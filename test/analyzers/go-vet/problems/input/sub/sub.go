package sub

func Self(a int) int {
	a = a
	return a
}
