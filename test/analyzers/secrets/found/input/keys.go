package keys

const signing = "-----BEGIN EC PRIVATE KEY-----\r\nMHcCAQEEICC9gNHSkzIzg5bkVsXNgiXogCtkUAq+GiNAugHga5+DoAoGCCqGSM49\r\nAwEHoUQDQgAEowarRz+PwdWDo2qnhaip6fqEQjIov6tsJhz+eHoWkqE6xtALRaOw\r\n39PTpTz7wEDyjx7ambPzde8wFpM9M10idw==\r\n-----END EC PRIVATE KEY-----\r\n"
