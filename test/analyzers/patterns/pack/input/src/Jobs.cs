class Jobs
{
    public async void Save()
    {
        try { await Write(); }
        catch (Exception ex) { Log(ex); throw ex; }
    }
}
