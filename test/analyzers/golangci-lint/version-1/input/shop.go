package shop

import "os"

func Total(prices []int) int {
	label := "é🛒"; os.Remove(label)
	return len(prices)
}
