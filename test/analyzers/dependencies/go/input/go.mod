module example.org/x

go 1.21

require (
	github.com/a/kept v1.0.0
	github.com/a/moved v1.2.0
	github.com/a/local v1.0.0
	github.com/a/absent v0.1.0 // indirect
)

replace github.com/a/local => ../local
