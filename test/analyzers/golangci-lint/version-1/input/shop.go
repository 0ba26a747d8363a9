package shop

import (
	"fmt"
	"os"
)

// Label is what the costumer sees, occured often.
func Label(name string) string {

	label := "é🛒";  os.Remove(label)
	x := 1
	x = 2
	fmt.Printf("%d", name)
	return label + fmt.Sprint(x)
}

func unusedOne() {}
