package shop

import "fmt"

type Order struct {
	ID string `json:id`
}

func Total(prices []int) int {
	label := "é🛒"; fmt.Printf("%d %s\n", label)
	for i := range prices {
		defer func() { fmt.Println(i) }()
	}
	return len(prices)
}
