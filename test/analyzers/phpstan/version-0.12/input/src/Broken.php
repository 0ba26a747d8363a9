<?php

function broken( {
