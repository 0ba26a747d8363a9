package a

func save() {
	fmt.Println("here!")
}
