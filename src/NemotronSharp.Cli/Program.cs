Console.WriteLine("nemotron");
