def save(user)
  binding.pry
  puts "XXX"
  user.save
end
