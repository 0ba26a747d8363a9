variable "é" {}
resource "aws_instance" "web" {
  instance_type = "t1.2xlarge"
}
