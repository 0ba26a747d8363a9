<?php
function save($user) {
  var_dump($user);
  return $user->save();
}
