<?php
if (strpos($path, "/admin")) deny();
readfile("files/" . $_GET["name"]);
